using System.Net;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>No connection to the origin. It travels through SocketsHttpHandler only.</summary>
internal sealed class OriginConnectException(OriginFailure failure, Exception cause, IPEndPoint? address = null)
    : IOException(cause.Message, cause)
{
    public OriginFailure Failure { get; } = failure;

    /// <summary>The address that was tried last; null where there was none to try.</summary>
    public IPEndPoint? Address { get; } = address;
}
