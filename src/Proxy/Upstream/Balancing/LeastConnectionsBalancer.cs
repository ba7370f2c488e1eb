namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>Takes the member with the fewest requests in flight for its weight; equal ones by turns.</summary>
/// <param name="count">How many members there are.</param>
internal sealed class LeastConnectionsBalancer(int count) : IBalancer
{
    private readonly RoundRobinBalancer _turns = new(count);

    public int Choose(ulong target, ReadOnlySpan<MemberView> members)
    {
        var least = -1;
        for (var i = 0; i < members.Length; i++)
        {
            if (members[i].IsEligible && (least < 0 || Compare(members[i], members[least]) < 0))
                least = i;
        }

        if (least < 0)
            return -1;
        Span<MemberView> equals = stackalloc MemberView[members.Length];
        for (var i = 0; i < members.Length; i++)
            equals[i] = members[i] with { IsEligible = members[i].IsEligible && Compare(members[i], members[least]) == 0 };
        return _turns.Choose(target, equals);
    }

    /// <summary>Compares requests for a unit of weight.</summary>
    private static int Compare(MemberView one, MemberView other) =>
        ((long)one.InFlight * other.Weight).CompareTo((long)other.InFlight * one.Weight);
}
