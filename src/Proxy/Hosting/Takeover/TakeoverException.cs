namespace TlsProxy.Proxy.Hosting.Takeover;

/// <summary>The conversation of two processes about a takeover can't go on.</summary>
internal sealed class TakeoverException(string message) : Exception(message);
