namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>A labelled place on an axis.</summary>
internal sealed record Tick(double Value, string Text);
