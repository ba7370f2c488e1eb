using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching;

/// <summary>A response of the origin that begins to arrive, and what it means for those who wait.</summary>
/// <param name="Response">For the client whose request was forwarded.</param>
/// <param name="Entry">What others get of it; null where nobody may.</param>
/// <param name="Note">How it came about, for the client whose request was forwarded; whether it is stored, or why not, among it.</param>
/// <param name="IsOfCredentials">Others can't have it for the sake of cookies or credentials alone.</param>
internal sealed record JudgedAnswer(Response Response, CacheEntry? Entry, AnswerVerdict Verdict, CacheNote Note, bool IsOfCredentials)
{
    public bool IsStored => Note.Store == CacheReason.Stored;

    /// <summary>How it came about for those who get the entry.</summary>
    /// <param name="now">In milliseconds since 1970.</param>
    public CacheNote NoteOfJoined(long now) => Note with
    {
        Outcome = CacheOutcome.Joined,
        AgeSeconds = Entry!.Freshness.AgeSecondsAt(now),
        Ttl = IsStored ? Entry.Freshness.TtlSecondsAt(now) : CacheNote.NoTtl,
    };
}
