namespace TlsProxy.Proxy.Connections;

/// <summary>The proxy can't start; the message is one sentence for the person who started it.</summary>
internal sealed class StartException(string message) : Exception(message);
