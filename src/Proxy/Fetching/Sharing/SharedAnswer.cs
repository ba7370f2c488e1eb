using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>An answer that those may have who asked before its head came. Times are milliseconds since 1970.</summary>
/// <param name="Entry">What they get of it.</param>
/// <param name="MadeAt">The whole second of the answer's Date, or <see cref="NoDate"/>.</param>
/// <param name="AskedAt">When the origin was asked.</param>
/// <param name="Now">When the head came.</param>
internal readonly record struct SharedAnswer(CacheEntry Entry, long MadeAt, long AskedAt, long Now)
{
    /// <summary>The origin sent none.</summary>
    public const long NoDate = -1;

    private const long Second = 1000;

    /// <summary>Whether a waiter may have it. The origin was asked for those who waited then, so their demands are met; the others are
    /// judged.</summary>
    public bool Suits(FetchTicket waiter) => Entry.Serves(waiter.Request)
        && (waiter.Lateness == 0
            || ReusePolicy.SuitsWaiter(Entry.Freshness, waiter.Directives, waiter.Lateness, WasMadeSince(AskedAt + waiter.Lateness), Now));

    /// <summary>Whether the origin's Date shows that it was made later. Within one second nobody can tell, nor by a clock that is
    /// ahead.</summary>
    private bool WasMadeSince(long time) => MadeAt > time / Second * Second && MadeAt <= Now;
}
