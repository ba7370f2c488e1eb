using TlsProxy.Proxy.Cache.Policy;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>How a stale response may be used, in milliseconds past its lifetime. Most responses have the same terms, so that those of many
/// entries are one object.</summary>
internal sealed record StaleTerms(bool AlwaysAsk, bool MustRevalidate, long WhileRevalidate, long IfError, long IfUnreachable)
{
    private static readonly CommonValues<StaleTerms> s_common = new();

    /// <summary>The terms of a response, in an object that others may have too.</summary>
    public static StaleTerms Of(in Freshness freshness) => s_common.Of(new StaleTerms(
        freshness.AlwaysAsk, freshness.MustRevalidate, freshness.StaleWhileRevalidate, freshness.StaleIfError,
        freshness.StaleIfUnreachable));
}
