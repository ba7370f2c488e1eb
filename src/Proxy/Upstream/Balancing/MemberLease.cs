namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>The right to send one request to a member; it is given back once.</summary>
/// <param name="IsTrial">The request tries whether an ejected member is back.</param>
/// <param name="Began">When, by the clock of the cluster.</param>
internal readonly record struct MemberLease(MemberState Member, bool IsTrial, TimeSpan Began);
