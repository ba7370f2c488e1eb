namespace TlsProxy.Bench.Load;

/// <summary>Why nothing can be measured, in one sentence for a person.</summary>
internal sealed class BenchException(string message) : Exception(message);
