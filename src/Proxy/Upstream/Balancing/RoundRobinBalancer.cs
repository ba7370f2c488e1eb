namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>Takes the members by turns, smoothly: one with weight 3 beside one with weight 1 isn't chosen three times in a row. Each choice
/// gives every eligible member its weight, and takes the sum of them from the one that has most.</summary>
/// <param name="count">How many members there are.</param>
internal sealed class RoundRobinBalancer(int count) : IBalancer
{
    // Guarded by the lock of the cluster, which lets one request choose at a time.
    private readonly long[] _credits = new long[count];

    public int Choose(ulong target, ReadOnlySpan<MemberView> members)
    {
        var (chosen, sum) = (-1, 0L);
        for (var i = 0; i < members.Length; i++)
        {
            if (!members[i].IsEligible)
                continue;
            sum += members[i].Weight;
            _credits[i] += members[i].Weight;
            if (chosen < 0 || _credits[i] > _credits[chosen])
                chosen = i;
        }

        if (chosen >= 0)
            _credits[chosen] -= sum;
        return chosen;
    }
}
