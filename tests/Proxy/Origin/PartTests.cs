using System.Text;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;

namespace TlsProxy.Proxy.Tests.Origin;

/// <summary>Parts of responses: kept, combined, used and asked for (RFC 9111, sections 3.3 and 3.4; RFC 9110, sections 14 and 15.3.7).</summary>
public sealed class PartTests : IDisposable
{
    private const string Content = "0123456789abcdefghij";
    private const string Fresh = "Cache-Control: max-age=60";
    private const string Tag = "ETag: \"1\"";

    private static readonly PathRules Passing = new([new PathRule(new PathPattern("/object/")) { PassesRanges = true }]);

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
    public void RFC_9110_section_15_3_7_3_others_are_not_combined(string one, string other)
    {
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=0-9"), 0, 9, Fresh, one);
        AnswerPart(_scene.Client.Ask("/object/a", "Range: bytes=10-19"), 10, 19, Fresh, other);
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
        _scene.Origin.Sinks[0].OnData("567"u8);
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

    [Fact]
    public void RFC_9111_section_3_4_what_broke_off_is_asked_for_from_there_and_becomes_the_whole()
    {
        Cut("012345", Fresh, Tag, "X-A: 1");
        var next = _scene.Client.Ask("/object/a");
        Assert.Equal(("bytes=6-", "\"1\""), (_scene.Origin.Field(1, "Range"), _scene.Origin.Field(1, "If-Range")));
        _scene.Origin.Sinks[1].OnHead(Part(6, 19, Fresh, Tag, "X-B: 2"));
        Assert.Equal("012345", Read(next));
        var joined = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[1].OnData(Encoding.ASCII.GetBytes(Content[6..]));
        _scene.Origin.Sinks[1].OnEnd();
        Assert.Equal((200, 206, CacheReason.PartlyStored), (next.Response!.Status, next.Note.ForwardStatus, next.Note.Reuse));
        Assert.Equal((Content, Content), (Read(next), Read(joined)));
        var hit = _scene.Client.Ask("/object/a");
        Assert.Equal((CacheOutcome.Hit, Content), (hit.Note.Outcome, Read(hit)));
        Assert.Equal(("1", "2"), (Messages.Field(hit.Response!.Head!, "X-A"), Messages.Field(hit.Response.Head!, "X-B")));
    }

    [Fact]
    public void A_range_within_what_broke_off_is_answered_from_it()
    {
        Cut("012345", Fresh, Tag);
        Assert.Equal("2345", Read(_scene.Client.Ask("/object/a", "Range: bytes=2-5")));
    }

    [Theory]
    [InlineData(Fresh, "ETag: W/\"1\"")]
    [InlineData(Fresh, "X-None: 1")]
    [InlineData("Cache-Control: no-store", Tag)]
    public void What_broke_off_is_of_no_use_without_a_strong_validator_or_leave_to_store(string control, string validator)
    {
        Cut("012345", control, validator);
        _scene.Client.Ask("/object/a");
        Assert.Null(_scene.Origin.Field(1, "Range"));
    }

    [Fact]
    public void RFC_9110_section_13_1_5_the_whole_of_another_response_replaces_it()
    {
        Cut("012345", Fresh, Tag);
        var next = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(200, Fresh, "ETag: \"2\""), "other");
        Assert.Equal("other", Read(next));
        Assert.Equal("other", Read(_scene.Client.Ask("/object/a")));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData(206, "Content-Range: bytes 6-19/20", "ETag: \"2\"")]
    [InlineData(206, "Content-Range: bytes 6-19/20", "X-None: 1")]
    [InlineData(206, "Content-Range: bytes 7-19/20", Tag)]
    [InlineData(206, "Content-Range: bytes 6-18/20", Tag)]
    [InlineData(206, "Content-Range: bytes 6-20/21", Tag)]
    [InlineData(416, "Content-Range: bytes */3", Tag)]
    public void A_rest_that_does_not_fit_is_not_used_and_the_whole_is_asked_for(int status, string range, string validator)
    {
        Cut("012345", Fresh, Tag);
        var next = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[1].OnHead(Messages.Response(status, range, validator, Fresh));
        Assert.Null(_scene.Origin.Field(2, "Range"));
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.Cancelled);
        _scene.Origin.Answer(2, Messages.Response(200, Fresh, validator), Content);
        Assert.Equal(Content, Read(next));
    }

    [Fact]
    public void A_rest_that_is_longer_than_it_says_ends_where_the_whole_does()
    {
        Cut("012345", Fresh, Tag);
        var next = _scene.Client.Ask("/object/a");
        var head = Part(6, 19, Fresh, Tag);
        head.Framing = BodyFraming.Chunked;
        _scene.Origin.Sinks[1].OnHead(head);
        _scene.Origin.Sinks[1].OnData(Encoding.ASCII.GetBytes(Content[6..]));
        _scene.Origin.Sinks[1].OnData("more"u8);
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.Cancelled);
        Assert.Equal(Content, Read(next));
        Assert.True(next.Response!.Body.IsComplete);
    }

    [Fact]
    public void The_beginning_outlives_an_origin_in_trouble()
    {
        Cut("012345", Fresh, Tag);
        _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(503));
        _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[2].OnFailed(OriginFailure.ConnectFailed);
        _scene.Client.Ask("/object/a");
        Assert.Equal("bytes=6-", _scene.Origin.Field(3, "Range"));
    }

    [Fact]
    public void A_range_of_what_turns_out_too_large_is_asked_of_the_origin_as_it_is()
    {
        using var scene = new FetchScene(new CachePolicy());
        var ticket = scene.Client.Ask("/object/a", "Range: bytes=5-14");
        Assert.Null(scene.Origin.Field(0, "Range"));
        var head = Messages.Response(200, Fresh, Tag);
        (head.Framing, head.ContentLength) = (BodyFraming.Length, 1_000_000);
        scene.Origin.Sinks[0].OnHead(head);
        Assert.Equal("bytes=5-14", scene.Origin.Field(1, "Range"));
        scene.Origin.Answer(1, Messages.Response(206, Fresh, Tag, "Content-Range: bytes 5-14/1000000"), "56789abcde");
        Assert.Equal((206, "56789abcde"), (ticket.Response!.Status, Read(ticket)));
        Assert.Equal("67", Read(scene.Client.Ask("/object/a", "Range: bytes=6-7")));
        // Later nobody asks for the whole first.
        scene.Time.Advance(600);
        scene.Client.Ask("/object/a", "Range: bytes=0-1");
        Assert.Equal("bytes=0-1", scene.Origin.Field(2, "Range"));
    }

    [Fact]
    public void Parts_of_one_response_together_cost_no_more_than_an_object_may()
    {
        using var scene = new FetchScene(new CachePolicy { Rules = Passing });
        for (var index = 0; index < 30; index++)
        {
            var first = index * 10_000;
            scene.Client.Ask("/object/a", $"Range: bytes={first}-{first + 4095}");
            scene.Origin.Answer(index, Messages.Response(206, Fresh, Tag, $"Content-Range: bytes {first}-{first + 4095}/1000000"), new string('x', 4096));
        }

        Assert.InRange(scene.CacheBytes, 4096, 100_000);
        Assert.Equal(CacheOutcome.Hit, scene.Client.Ask("/object/a", "Range: bytes=290000-290001").Note.Outcome);
    }

    [Fact]
    public void An_origin_that_sends_a_part_although_it_is_asked_for_the_whole_answers_who_wants_a_part()
    {
        using var scene = new FetchScene(new CachePolicy());
        var ticket = scene.Client.Ask("/object/a", "Range: bytes=0-4");
        var waiter = scene.Client.Ask("/object/a");
        scene.Origin.Answer(0, Part(0, 4, Fresh, Tag), Content[..5]);
        Assert.Equal((206, "01234"), (ticket.Response!.Status, Read(ticket)));
        Assert.Null(waiter.Response);
        Assert.Equal("123", Read(scene.Client.Ask("/object/a", "Range: bytes=1-3")));
    }

    [Fact]
    public void Parts_make_room_for_others_and_leave_when_they_are_of_no_use_any_more()
    {
        using var scene = new FetchScene(new CachePolicy { Rules = Passing });
        for (var index = 0; index < 40; index++)
        {
            scene.Client.Ask($"/object/{index}", "Range: bytes=0-65535");
            scene.Origin.Answer(index, Messages.Response(206, Fresh, "Content-Range: bytes 0-65535/100000"), new string('x', 65_536));
        }

        Assert.InRange(scene.CacheBytes, 65_536, 1 << 20);
        Assert.Equal(CacheOutcome.Hit, scene.Client.Ask("/object/39", "Range: bytes=1-2").Note.Outcome);
        Assert.Null(scene.Client.Ask("/object/0", "Range: bytes=1-2").Response);
        scene.Time.Advance(60);
        scene.Expire();
        Assert.Equal(0, scene.CacheBytes);
    }

    [Theory]
    [InlineData(206, "Content-Range: bytes 0-3/20")]
    [InlineData(304, "ETag: \"1\"")]
    public void RFC_9110_sections_15_3_7_and_15_4_5_an_answer_to_what_was_not_asked_is_malformed(int status, string field)
    {
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(status, field, Fresh));
        Assert.Equal(OriginFailure.Malformed, ticket.Failure);
        Assert.Null(_scene.Find());
    }

    [Theory]
    [InlineData("X-None: 1")]
    [InlineData("Content-Range: bytes 9-0/20")]
    [InlineData("Content-Type: text/plain")]
    public void RFC_9110_section_15_3_7_a_206_says_which_bytes_it_brings(string field)
    {
        var ticket = _scene.Client.Ask("/object/a", "Range: bytes=0-3");
        var head = Messages.Response(206, field, Fresh);
        (head.Framing, head.ContentLength) = (BodyFraming.Length, 4);
        _scene.Origin.Sinks[0].OnHead(head);
        Assert.Equal(OriginFailure.Malformed, ticket.Failure);
    }

    [Theory]
    [InlineData("Content-Type: multipart/byteranges; boundary=x")]
    [InlineData("Content-Range: seconds 0-4/20")]
    [InlineData("Content-Range: bytes 0-5/20")]
    [InlineData("Content-Range: bytes 0-4/*")]
    public void What_is_not_one_part_of_a_known_whole_goes_on_as_it_is_and_is_not_kept(string field)
    {
        var ticket = _scene.Client.Ask("/object/a", "Range: bytes=0-0,2-2");
        var head = Messages.Response(206, field, Fresh, Tag);
        (head.Framing, head.ContentLength) = (BodyFraming.Length, 5);
        _scene.Origin.Answer(0, head, "parts");
        Assert.Equal("parts", Read(ticket));
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=0-0").Response);
    }

    private static ResponseHead Part(int first, int last, params string[] fields)
    {
        var head = Messages.Response(206, [$"Content-Range: bytes {first}-{last}/{Content.Length}", .. fields]);
        (head.Framing, head.ContentLength) = (BodyFraming.Length, last - first + 1);
        return head;
    }

    private static string Read(FetchTicket ticket)
    {
        var body = ticket.Response!.Body;
        var part = ticket.Part ?? new ResponsePart(200, 0, body.Available);
        var text = new StringBuilder();
        while (text.Length < part.Length && body.Read(part.Start + text.Length, (int)part.Length - text.Length, out var slice) == BodyRead.Available)
            text.Append(Encoding.ASCII.GetString(slice.Span));
        return text.ToString();
    }

    private void AnswerPart(FetchTicket? ticket, int first, int last, params string[] fields)
    {
        Assert.Null(ticket?.Response);
        _scene.Origin.Answer(_scene.Origin.Sinks.Count - 1, Part(first, last, fields), Content[first..(last + 1)]);
    }

    /// <summary>Lets an answer break off.</summary>
    private void Cut(string beginning, params string[] fields)
    {
        _scene.Client.Ask("/object/a");
        var head = Messages.Response(200, fields);
        (head.Framing, head.ContentLength) = (BodyFraming.Length, Content.Length);
        _scene.Origin.Sinks[0].OnHead(head);
        _scene.Origin.Sinks[0].OnData(Encoding.ASCII.GetBytes(beginning));
        _scene.Origin.Sinks[0].OnFailed(OriginFailure.Truncated);
    }
}
