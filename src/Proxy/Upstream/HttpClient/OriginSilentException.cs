namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>A connection ended before the first byte of an answer. It travels through SocketsHttpHandler only, which repeats a request by
/// rules of its own after an IOException.</summary>
/// <param name="wasKept">The connection had been idle, so the origin may have closed it before it saw the request.</param>
internal sealed class OriginSilentException(bool wasKept, Exception? cause = null)
    : InvalidOperationException("The origin closed the connection without an answer.", cause)
{
    public bool WasKept { get; } = wasKept;
}
