namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>One server of an origin.</summary>
/// <param name="Weight">Its share of the requests, against the other members' weights.</param>
internal sealed record OriginMember(OriginOptions Options, int Weight = 1);
