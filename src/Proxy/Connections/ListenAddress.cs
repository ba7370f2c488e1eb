using System.Net;

namespace TlsProxy.Proxy.Connections;

/// <summary>An address to serve on.</summary>
internal sealed record ListenAddress(IPEndPoint EndPoint, bool IsTls)
{
    public override string ToString() => $"{(IsTls ? "https" : "http")}://{EndPoint}";
}
