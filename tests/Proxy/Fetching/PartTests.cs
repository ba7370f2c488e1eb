using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using static TlsProxy.Proxy.Tests.Fetching.PartAnswers;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Parts of responses: kept, combined and used (RFC 9111, sections 3.3 and 3.4; RFC 9110, sections 14 and 15.3.7).</summary>
public sealed class PartTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy { Rules = Passing });

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void RFC_9111_section_3_3_a_part_answers_a_range_within_it()
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=5-14"), 5, 14, Fresh, Tag);
        var within = _scene.Client.Ask("/object/a", "Range: bytes=6-9");
        Assert.Equal(CacheOutcome.Hit, within.Note.Outcome);
        Assert.Equal("6789", Read(within));
        Assert.Equal(206, within.Response!.Status);
        Assert.Equal(1, _scene.Table.Started);
    }

    [Theory]
    [InlineData("bytes=4-9")]
    [InlineData("bytes=14-15")]
    [InlineData("bytes=0-")]
    [InlineData("bytes=6-7,9-9")]
    public void What_is_not_within_it_is_asked_of_the_origin_as_it_is(string range)
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=5-14"), 5, 14, Fresh, Tag);
        var ticket = _scene.Client.Ask("/object/a", "Range: " + range);
        Assert.Equal(range, _scene.Origin.Field(1, "Range"));
        Assert.Equal(CacheReason.PartlyStored, ticket.Reuse);
    }

    [Theory]
    [InlineData("If-None-Match: \"1\"")]
    [InlineData("If-Match: \"1\"")]
    [InlineData("If-Modified-Since: Tue, 03 Mar 2026 10:00:00 GMT")]
    [InlineData("If-Range: \"2\"")]
    [InlineData("If-Range: W/\"1\"")]
    [InlineData("Cache-Control: no-cache")]
    [InlineData("Authorization: Basic x")]
    [InlineData("Accept-Language: de")]
    public void RFC_9110_section_13_a_part_is_not_for_a_request_with_other_wishes(string field)
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=5-14"), 5, 14, Fresh, Tag, "Vary: Accept-Language");
        Assert.Null(_scene.Client.Send("/object/a", "GET", "Range: bytes=6-9", field).Response);
    }

    [Fact]
    public void RFC_9110_section_13_1_5_it_is_for_one_whose_If_Range_names_it()
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=5-14"), 5, 14, Fresh, Tag);
        Assert.Equal("6789", Read(_scene.Client.Send("/object/a", "GET", "Range: bytes=6-9", "If-Range: \"1\"")));
    }

    [Fact]
    public void RFC_9111_section_4_2_a_stale_part_is_not_used()
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=5-14"), 5, 14, Fresh, Tag);
        _scene.Time.Advance(60);
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=6-9").Response);
    }

    [Theory]
    [InlineData(0, 9, 10, 19)]
    [InlineData(0, 12, 8, 19)]
    [InlineData(10, 19, 0, 9)]
    [InlineData(0, 18, 19, 19)]
    public void RFC_9110_section_15_3_7_3_parts_with_one_strong_validator_become_the_whole(int first, int last, int nextFirst, int nextLast)
    {
        AnswerPart(_scene.Client.Ask("/object/a", $"Range: bytes={first}-{last}"), first, last, Fresh, Tag, "X-A: 1");
        AnswerPart(_scene.Client.Ask("/object/a", $"Range: bytes={nextFirst}-{nextLast}"), nextFirst, nextLast, Fresh, Tag, "X-A: 2");
        var whole = _scene.Client.Ask("/object/a");
        Assert.Equal((CacheOutcome.Hit, 200), (whole.Note.Outcome, whole.Response!.Status));
        Assert.Equal(Content, Read(whole));
        Assert.Equal("2", Messages.Field(whole.Response.Head!, "X-A"));
        Assert.Null(Messages.Field(whole.Response.Head!, "Content-Range"));
    }

    [Fact]
    public void RFC_9111_section_3_3_a_part_without_a_validator_answers_ranges_within_it_too()
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=0-9"), 0, 9, Fresh);
        Assert.Equal("234", Read(_scene.Client.Ask("/object/a", "Range: bytes=2-4")));
    }

    [Theory]
    [InlineData(Tag, "ETag: \"2\"")]
    [InlineData("ETag: W/\"1\"", "ETag: W/\"1\"")]
    [InlineData("X-None: 1", "X-None: 1")]
    [InlineData(Tag, "X-None: 1")]
    [InlineData(Tag, Tag, "Content-Encoding: gzip")]
    [InlineData(Tag, Tag, "Content-Encoding: gzip", "Vary: Accept-Encoding")]
    public void RFC_9110_section_15_3_7_3_others_are_not_combined(string one, params string[] other)
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=0-9"), 0, 9, Fresh, one);
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=10-19"), 10, 19, [Fresh, .. other]);
        Assert.Null(_scene.Client.Ask("/object/a").Response);
    }

    [Theory]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Cache-Control: private, max-age=60")]
    [InlineData("X-None: 1")]
    [InlineData("Vary: *")]
    public void RFC_9111_section_3_a_part_is_kept_only_where_the_whole_would_be(string field)
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=0-9"), 0, 9, Tag, field);
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=0-9").Response);
    }

    [Fact]
    public void A_part_that_breaks_off_is_kept_as_far_as_it_has_come()
    {
        _scene.Client.Ask("/object/a", "Range: bytes=5-14");
        _scene.Origin.Sinks[0].OnHead(Part(5, 14, Fresh, Tag));
        _scene.Origin.Sinks[0].Deliver("567"u8);
        _scene.Origin.Sinks[0].OnFailed(OriginFailure.Truncated);
        Assert.Equal("67", Read(_scene.Client.Ask("/object/a", "Range: bytes=6-7")));
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=6-8").Response);
    }

    [Theory]
    [InlineData("567")]
    [InlineData("56789abcdefghij")]
    public void A_part_of_another_length_than_its_head_says_is_not_kept(string content)
    {
        _scene.Client.Ask("/object/a", "Range: bytes=5-14");
        var head = Part(5, 14, Fresh, Tag);
        head.Framing = BodyFraming.Chunked;
        _scene.Origin.Answer(0, head, content);
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=5-6").Response);
    }

    [Fact]
    public void RFC_9110_section_15_3_7_an_answer_to_If_Range_may_lack_fields_so_it_only_adds_to_what_is_there()
    {
        AnswerPart(_scene.Client.Send("/object/a", "GET", "Range: bytes=0-9", "If-Range: \"1\""), 0, 9, Fresh, Tag);
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=0-9").Response);
        AnswerPart(null, 0, 9, Fresh, Tag, "Content-Type: a/b");
        AnswerPart(_scene.Client.Send("/object/a", "GET", "Range: bytes=10-19", "If-Range: \"1\""), 10, 19, Fresh, Tag);
        Assert.Equal("a/b", Messages.Field(_scene.Client.Ask("/object/a").Response!.Head!, "Content-Type"));
    }

    [Fact]
    public void RFC_9111_section_4_4_a_change_forgets_parts_and_those_that_arrive()
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=0-9"), 0, 9, Fresh, Tag);
        _scene.Client.Ask("/object/a", "Range: bytes=10-19");
        _scene.Client.Ask("/object/a", method: "PUT");
        _scene.Origin.Answer(2, Messages.Response(204));
        _scene.Origin.Answer(1, Part(10, 19, Fresh, Tag), Content[10..]);
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=0-9").Response);
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=10-19").Response);
    }

    private void AnswerPart(FetchTicket? ticket, int first, int last, params string[] fields)
    {
        Assert.Null(ticket?.Response);
        _scene.Origin.Answer(_scene.Origin.Sinks.Count - 1, Part(first, last, fields), Content[first..(last + 1)]);
    }
}
