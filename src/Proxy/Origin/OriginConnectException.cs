namespace TlsProxy.Proxy.Origin;

/// <summary>No connection to the origin. It travels through SocketsHttpHandler only.</summary>
internal sealed class OriginConnectException(OriginFailure failure, Exception cause) : IOException(cause.Message, cause)
{
    public OriginFailure Failure { get; } = failure;
}
