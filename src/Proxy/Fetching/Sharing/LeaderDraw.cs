namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>Draws one of several clients with credentials of their own, so that few whose requests the origin fails at seldom lead the
/// others, however many requests they send: each network has one chance.</summary>
internal static class LeaderDraw
{
    /// <param name="waiting">One or more.</param>
    /// <param name="errorNetwork">Whence the request came that the origin has just answered with an error. While a client of another
    /// network waits none of this one leads.</param>
    /// <param name="chance">Gives a number below its argument, each as likely.</param>
    public static FetchTicket Draw(IReadOnlyList<DrawCandidate> waiting, string errorNetwork, Func<int, int> chance)
    {
        var candidates = waiting.Where(each => each.Network != errorNetwork).ToList();
        candidates = CommonOf(candidates.Count > 0 ? candidates : waiting, static each => each.Network);
        var networks = candidates.Select(static each => each.Network).Distinct(StringComparer.Ordinal).ToArray();
        var network = networks[chance(networks.Length)];
        candidates = CommonOf([.. candidates.Where(each => each.Network == network)], static each => each.Ticket);
        return candidates[chance(candidates.Count)].Ticket;
    }

    /// <summary>Those of the most common shapes: as few of these as more than half of all units have, and others that are as common as the
    /// last of them. So the few who send odd requests drop out, and a few who send equal ones don't become the most by that.</summary>
    private static List<DrawCandidate> CommonOf<T>(IReadOnlyList<DrawCandidate> candidates, Func<DrawCandidate, T> unitOf)
    {
        var shapes = candidates.GroupBy(static each => each.Shape)
            .Select(shape => (Members: shape, Units: shape.Select(unitOf).ToHashSet()))
            .OrderByDescending(static shape => shape.Units.Count);
        var total = candidates.Select(unitOf).Distinct().Count();
        var common = new List<DrawCandidate>();
        var covered = new HashSet<T>();
        var least = 0;
        foreach (var (members, units) in shapes)
        {
            if (2 * covered.Count > total && units.Count < least)
                break;
            least = units.Count;
            covered.UnionWith(units);
            common.AddRange(members);
        }

        return common;
    }
}
