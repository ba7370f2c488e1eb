namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>The connection has ended, is too old, or has bytes that belong to no request; nothing of the request was sent on it. It travels
/// through SocketsHttpHandler only.</summary>
internal sealed class UnfitConnectionException()
    : InvalidOperationException("The origin's connection was closed, written to or too old between two requests.");
