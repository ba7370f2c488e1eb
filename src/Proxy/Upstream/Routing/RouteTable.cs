namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>Sends each request by its host and path. The most specific route that matches holds: a name goes before a wildcard, a wildcard
/// before none, and among those of one host the longest path. A request for the server as a whole, which has no path, goes by its host to a
/// route for all paths.</summary>
internal sealed class RouteTable : IOriginRouter
{
    private readonly RouteRule[] _rules;
    private readonly OriginRoute _default;

    /// <param name="rules">In any order.</param>
    /// <param name="rest">For what matches none; null where one of the rules matches everything.</param>
    /// <exception cref="ArgumentException">Some requests would have no route.</exception>
    public RouteTable(IEnumerable<RouteRule> rules, OriginRoute? rest)
    {
        _rules = [.. rules.OrderByDescending(rule => rule.Host.Rank).ThenByDescending(rule => rule.Path.Length)];
        _default = rest ?? Array.Find(_rules, rule => rule.MatchesAll)?.Route
            ?? throw new ArgumentException("Some requests match no rule.", nameof(rest));
    }

    public OriginRoute Choose(ReadOnlySpan<byte> host, ReadOnlySpan<byte> target)
    {
        // OPTIONS * (RFC 9112, section 3.2.4): the root is what only routes for all paths match.
        var path = target is [(byte)'/', ..] ? RoutedPath.Read(RoutedPath.Of(target)) : "/"u8;
        foreach (var rule in _rules)
        {
            if (rule.Matches(host, path))
                return rule.Route;
        }

        return _default;
    }
}
