namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>Takes the same member for the same target: by weighted rendezvous, where each member draws a number for the target, and the
/// best one wins. Where a member leaves, only its own targets go elsewhere, to each of the others by its weight. A member that is busier
/// than <see cref="LoadBound"/> times its share is passed over for the next best (consistent hashing with bounded loads).</summary>
/// <param name="members">Names of the members; a member draws by its name, so that its place in the list doesn't count.</param>
internal sealed class HashBalancer(IEnumerable<ulong> members) : IBalancer
{
    /// <summary>Requests in flight that a member may have, in shares by its weight, one request more counted and rounded up.</summary>
    public const double LoadBound = 1.25;

    private readonly ulong[] _names = [.. members];

    public int Choose(ulong target, ReadOnlySpan<MemberView> members)
    {
        var (inFlight, weights) = (0L, 0L);
        foreach (var member in members)
        {
            if (!member.IsEligible)
                continue;
            inFlight += member.InFlight;
            weights += member.Weight;
        }

        var (chosen, best) = (-1, double.MaxValue);
        for (var i = 0; i < members.Length; i++)
        {
            // Bounds add up to more than there are requests, so that one member always has room.
            if (!members[i].IsEligible
                || members[i].InFlight + 1 > Math.Ceiling(LoadBound * (inFlight + 1) * members[i].Weight / weights))
                continue;
            var drawn = Draw(StableHash.Mix(target ^ StableHash.Mix(_names[i]))) / members[i].Weight;
            if (drawn >= best)
                continue;
            (chosen, best) = (i, drawn);
        }

        return chosen;
    }

    /// <summary>A time of exponential distribution: of several, divided by their weights, each is the first as often as its weight
    /// says.</summary>
    private static double Draw(ulong hash) => -Math.Log(((hash >> 11) + 0.5) / (1UL << 53));
}
