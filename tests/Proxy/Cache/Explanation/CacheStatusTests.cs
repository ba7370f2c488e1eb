using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Http.StructuredFields;

namespace TlsProxy.Proxy.Tests.Cache.Explanation;

/// <summary>Cache-Status (RFC 9211).</summary>
public sealed class CacheStatusTests
{
    [Fact]
    public void A_hit_tells_its_freshness() =>
        Assert.Equal(
            "Cache-Status: tlsproxy; hit; ttl=50\r\n",
            Write(CacheNote.Reused(CacheReason.Fresh, new Freshness(100_000, 5000, 60_000), 105_000)));

    [Fact]
    public void A_stale_hit_tells_how_stale_it_is_and_why_it_is_used() => Assert.Equal(
        "Cache-Status: tlsproxy; hit; ttl=-5; detail=stale-while-revalidate\r\n",
        Write(CacheNote.Reused(CacheReason.StaleWhileRevalidate, new Freshness(100_000, 60_000, 60_000), 105_000)));

    [Fact]
    public void What_was_forwarded_says_why_and_what_became_of_it()
    {
        Assert.Equal("Cache-Status: tlsproxy; fwd=uri-miss; ttl=60; stored\r\n", Write(
            new CacheNote(CacheOutcome.Miss, CacheReason.NothingStored, CacheReason.Stored, Ttl: 60)));
        Assert.Equal("Cache-Status: tlsproxy; fwd=vary-miss; ttl=60; stored; collapsed\r\n", Write(
            new CacheNote(CacheOutcome.Joined, CacheReason.OtherVariant, CacheReason.Stored, Ttl: 60)));
        Assert.Equal("Cache-Status: tlsproxy; fwd=stale; fwd-status=304; ttl=60; stored\r\n", Write(
            new CacheNote(CacheOutcome.Revalidated, CacheReason.Stale, CacheReason.Updated, Ttl: 60, ForwardStatus: 304)));
        Assert.Equal("Cache-Status: tlsproxy; fwd=stale; fwd-status=503; ttl=-1; detail=stale-if-error\r\n", Write(
            new CacheNote(CacheOutcome.Stale, CacheReason.StaleIfError, CacheReason.OriginFailed, 61, -1, 503)));
        Assert.Equal("Cache-Status: tlsproxy; fwd=method; detail=method\r\n", Write(
            new CacheNote(CacheOutcome.Pass, CacheReason.Method, CacheReason.Method)));
        Assert.Equal("Cache-Status: tlsproxy; fwd=uri-miss; detail=private\r\n", Write(
            new CacheNote(CacheOutcome.Pass, CacheReason.NothingStored, CacheReason.Private)));
        Assert.Equal("Cache-Status: tlsproxy; fwd=miss; detail=hit-for-miss\r\n", Write(
            new CacheNote(CacheOutcome.Pass, CacheReason.HitForMiss, CacheReason.Private)));
        Assert.Equal("Cache-Status: tlsproxy; fwd=bypass; detail=bypass\r\n", Write(
            new CacheNote(CacheOutcome.Pass, CacheReason.Bypass, CacheReason.Bypass)));
        Assert.Equal("Cache-Status: tlsproxy; fwd=request; ttl=60; stored\r\n", Write(
            new CacheNote(CacheOutcome.Miss, CacheReason.RequestNoCache, CacheReason.Stored, Ttl: 60)));
    }

    [Fact]
    public void RFC_9211_section_2_an_answer_of_the_proxys_own_was_neither_hit_nor_forwarded()
    {
        Assert.Equal("Cache-Status: tlsproxy; detail=refused\r\n", Write(CacheNote.Own(CacheReason.Refused)));
        Assert.Equal("Cache-Status: tlsproxy; detail=only-if-cached\r\n", Write(CacheNote.Own(CacheReason.OnlyIfCached)));
    }

    [Fact]
    public void RFC_9211_section_2_2_a_request_the_origin_failed_was_forwarded() => Assert.Equal(
        "Cache-Status: tlsproxy; fwd=uri-miss; detail=origin-failed\r\n",
        Write(new CacheNote(CacheOutcome.Failed, CacheReason.NothingStored, CacheReason.OriginFailed)));

    [Fact]
    public void Every_combination_fits_its_room_and_is_a_structured_field()
    {
        foreach (var outcome in Enum.GetValues<CacheOutcome>())
        {
            foreach (var reuse in Enum.GetValues<CacheReason>())
            {
                foreach (var store in Enum.GetValues<CacheReason>())
                {
                    var note = new CacheNote(outcome, reuse, store, DeltaSeconds.Maximum, -2 * DeltaSeconds.Maximum, 999);
                    var text = Write(note);
                    if (text.Length > 0)
                        Assert.NotNull(StructuredDictionary.Parse(Encoding.ASCII.GetBytes(text["Cache-Status: ".Length..^2])));
                    Assert.InRange(text.Length + Write(note, "X"u8).Length, 0, CacheStatus.BytesMaximum);
                }
            }
        }
    }

    [Fact]
    public void Each_reason_has_a_word_of_its_own()
    {
        var words = Enum.GetValues<CacheReason>().Select(CacheReasons.TextOf).ToArray();
        Assert.Equal(words.Length, words.Distinct().Count());
        Assert.All(words, word => Assert.True(Tokens.IsToken(Encoding.ASCII.GetBytes(word))));
    }

    [Fact]
    public void The_debug_field_names_both_reasons() => Assert.Equal(
        "X: reuse=stale; store=stored; age=3; ttl=57\r\n",
        Write(new CacheNote(CacheOutcome.Miss, CacheReason.Stale, CacheReason.Stored, 3, 57), "X"u8));

    private static string Write(in CacheNote note, ReadOnlySpan<byte> debug = default)
    {
        var buffer = new byte[1024];
        var writer = new HeadWriter(buffer);
        if (debug.IsEmpty)
            CacheStatus.Write(ref writer, note);
        else
            CacheStatus.WriteDebug(ref writer, debug, note);
        Assert.False(writer.Overflowed);
        return Encoding.ASCII.GetString(buffer, 0, writer.Length);
    }
}
