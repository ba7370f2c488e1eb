namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>The requests of one route, by host and by the beginning of the path.</summary>
/// <param name="Path">Decoded; a slash at least.</param>
/// <param name="Route">Where they go.</param>
internal sealed record RouteRule(RouteHost Host, ReadOnlyMemory<byte> Path, OriginRoute Route)
{
    /// <summary>Whether it matches every request.</summary>
    public bool MatchesAll => Host.IsAny && Path.Length <= 1;

    /// <summary>Whether it matches a request.</summary>
    /// <param name="path">As <see cref="RoutedPath"/> reads it.</param>
    public bool Matches(ReadOnlySpan<byte> host, ReadOnlySpan<byte> path) => path.StartsWith(Path.Span) && Host.Matches(host);

    /// <summary>Whether two match the same requests.</summary>
    public bool IsLike(RouteRule other) => Host.Equals(other.Host) && Path.Span.SequenceEqual(other.Path.Span);
}
