namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>A chart with what belongs to it.</summary>
/// <param name="Note">What the reader has to know.</param>
internal sealed record Figure(string Title, string Note, string Svg, string Legend);
