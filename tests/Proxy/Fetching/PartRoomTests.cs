using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;
using static TlsProxy.Proxy.Tests.Fetching.PartAnswers;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>How much of a response is kept in parts, and when a range goes to the origin as it is.</summary>
public sealed class PartRoomTests
{
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
    public void An_origin_that_answers_such_a_range_with_the_whole_is_asked_no_third_time()
    {
        using var scene = new FetchScene(new CachePolicy());
        var ticket = scene.Client.Ask("/object/a", "Range: bytes=5-14");
        for (var index = 0; index < scene.Origin.Sinks.Count && index < 5; index++)
        {
            var head = Messages.Response(200, Fresh, Tag);
            (head.Framing, head.ContentLength) = (BodyFraming.Length, 1_000_000);
            scene.Origin.Sinks[index].OnHead(head);
        }

        Assert.Equal(2, scene.Origin.Sinks.Count);
        Assert.Equal(200, ticket.Response!.Status);
    }

    [Theory]
    [InlineData("Cache-Control: max-age=60", "Cache-Control: no-cache", 0)]
    [InlineData("Cache-Control: max-age=1", "Cookie: a=b", 5)]
    public void Nor_where_a_smaller_response_is_stored_that_may_not_be_used(string stored, string field, int seconds)
    {
        using var scene = new FetchScene(new CachePolicy());
        scene.Client.Ask("/object/a");
        scene.Origin.Answer(0, Messages.Response(200, stored, "ETag: \"0\""), "small");
        scene.Time.Advance(seconds);
        var ticket = scene.Client.Send("/object/a", "GET", "Range: bytes=5-14", field);
        for (var index = 1; index < scene.Origin.Sinks.Count && index < 8; index++)
        {
            var head = Messages.Response(200, Fresh, Tag);
            (head.Framing, head.ContentLength) = (BodyFraming.Length, 1_000_000);
            scene.Origin.Sinks[index].OnHead(head);
        }

        Assert.Equal(3, scene.Origin.Sinks.Count);
        Assert.Equal("bytes=5-14", scene.Origin.Field(2, "Range"));
        Assert.Equal(200, ticket.Response!.Status);
    }

    [Fact]
    public void Parts_of_one_response_together_cost_no_more_than_an_object_may()
    {
        using var scene = new FetchScene(new CachePolicy { Rules = Passing });
        for (var index = 0; index < 30; index++)
        {
            var first = index * 10_000;
            scene.Client.Ask("/object/a", $"Range: bytes={first}-{first + 4095}");
            scene.Origin.Answer(
                index,
                Messages.Response(206, Fresh, Tag, $"Content-Range: bytes {first}-{first + 4095}/1000000"),
                new string('x', 4096));
        }

        Assert.InRange(scene.CacheBytes, 4096, 100_000);
        Assert.Equal(CacheOutcome.Hit, scene.Client.Ask("/object/a", "Range: bytes=290000-290001").Note.Outcome);
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
}
