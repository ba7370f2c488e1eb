namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>Chooses a member of an origin for a request. One call at a time.</summary>
internal interface IBalancer
{
    /// <param name="target">The request's, as a hash (<see cref="StableHash"/>).</param>
    /// <param name="members">Always the same ones, in the same order.</param>
    /// <returns>The place of the member; -1 where none is eligible.</returns>
    int Choose(ulong target, ReadOnlySpan<MemberView> members);
}
