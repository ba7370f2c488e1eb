namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>What a balancer sees of a member at a moment.</summary>
/// <param name="InFlight">Requests under way.</param>
/// <param name="IsEligible">Whether it may be chosen.</param>
internal readonly record struct MemberView(int Weight, int InFlight, bool IsEligible);
