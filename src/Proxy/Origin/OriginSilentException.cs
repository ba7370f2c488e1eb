namespace TlsProxy.Proxy.Origin;

/// <summary>A fresh connection ended before the first byte of an answer. It travels through SocketsHttpHandler only.</summary>
internal sealed class OriginSilentException(Exception? cause = null)
    : InvalidOperationException("The origin closed a fresh connection without an answer.", cause);
