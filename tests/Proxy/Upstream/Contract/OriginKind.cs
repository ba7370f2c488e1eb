namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>The implementations of an origin, all of which keep the contract.</summary>
public enum OriginKind
{
    HttpClient,
}
