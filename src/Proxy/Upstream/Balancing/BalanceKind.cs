namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>How requests are shared out among the members of an origin.</summary>
internal enum BalanceKind : byte
{
    /// <summary>By turns, as often as the weights say.</summary>
    RoundRobin,

    /// <summary>To the member with the fewest requests in flight for its weight.</summary>
    LeastConnections,

    /// <summary>The same target to the same member, as long as that isn't busier than the others.</summary>
    Hash,
}
