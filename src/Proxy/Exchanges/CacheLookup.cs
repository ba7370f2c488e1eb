using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Asks the cache for the response to a request.</summary>
internal static class CacheLookup
{
    /// <summary>Answers a request from the cache, or says that the cache has nothing where it allows no other answer.</summary>
    /// <param name="head">GET or HEAD without content; its rule prepares it.</param>
    /// <returns>False where the origin has to be asked.</returns>
    public static bool TryAnswer(ExchangeServices services, Peer peer, RequestHead head, Answer answer)
    {
        var rule = services.Fetches.Services.Policy.Rules.Find(head);
        if (rule is { Bypass: true })
            return false;
        rule?.Prepare(head);
        var directives = services.Fetches.Services.Policy.DirectivesOf(head.Fields);
        if (TryHold(services, peer, head, rule, directives, answer.Reader, out var note))
            answer.GiveShared(head, isReader: false, note);
        else if (directives.OnlyIfCached)
            answer.GiveLocal(services.Responses.NotCached, CacheNote.Own(CacheReason.OnlyIfCached));
        else
            return false;
        return true;
    }

    /// <summary>Has the reader hold the stored response that may be used; a stale one is refreshed in the background.</summary>
    /// <param name="head">Prepared by its rule.</param>
    /// <param name="directives">What its Cache-Control asks for.</param>
    /// <param name="note">How the cache came to the response.</param>
    /// <returns>False where none may be used.</returns>
    private static bool TryHold(
        ExchangeServices services, Peer peer, RequestHead head, PathRule? rule, in RequestDirectives directives, BodyReader reader,
        out CacheNote note)
    {
        note = default;
        var entry = services.Cache.TryAcquire(head, rule, out _);
        if (entry is null)
            return false;
        reader.Hold(entry.Response, isReader: false);
        var now = services.Clock.UnixMilliseconds;
        var freshness = entry.Freshness;
        var reason = ReusePolicy.Judge(freshness, directives, now);
        if (!ReusePolicy.IsUse(reason))
        {
            reader.Release();
            return false;
        }

        if (reason == CacheReason.StaleWhileRevalidate && services.Fetches.Claim(entry))
            services.Fetches.Refresh(services.Home, head.DetachAsGet(), peer.Forwarded, entry);
        note = CacheNote.Reused(reason, freshness, now);
        return true;
    }
}
