using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>A member that gets no requests from now on, or gets them again.</summary>
/// <param name="Reason">Why it gets none, as the beginning of a sentence; null where it is back.</param>
internal sealed record MemberChange(OriginCluster Cluster, OriginMember Member, string? Reason);
