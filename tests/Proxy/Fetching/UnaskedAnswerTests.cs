using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using static TlsProxy.Proxy.Tests.Fetching.PartAnswers;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Answers that do not go with what was asked (RFC 9110, sections 15.3.7 and 15.4.5).</summary>
public sealed class UnaskedAnswerTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy { Rules = Passing });

    public void Dispose() => _scene.Dispose();

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
}
