namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>How a stale response may be used, in milliseconds past its lifetime. Most responses have the same terms, so that those of many
/// entries are one object.</summary>
internal sealed record StaleTerms(bool AlwaysAsk, bool MustRevalidate, long WhileRevalidate, long IfError, long IfUnreachable)
{
    private const int KnownMaximum = 256;

    // The last terms of each hash. Written and read by any thread, each by Volatile; a lost write costs another object and nothing else.
    private static readonly StaleTerms?[] s_known = new StaleTerms?[KnownMaximum];

    /// <summary>The terms of a response, in an object that others may have too.</summary>
    public static StaleTerms Of(in Freshness freshness)
    {
        var terms = new StaleTerms(
            freshness.AlwaysAsk, freshness.MustRevalidate, freshness.StaleWhileRevalidate, freshness.StaleIfError,
            freshness.StaleIfUnreachable);
        ref var known = ref s_known[(uint)terms.GetHashCode() % KnownMaximum];
        // Whoever sees the reference sees all of the terms.
        if (Volatile.Read(ref known) is { } same && same == terms)
            return same;
        Volatile.Write(ref known, terms);
        return terms;
    }
}
