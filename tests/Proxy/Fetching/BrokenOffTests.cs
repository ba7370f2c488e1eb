using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using static TlsProxy.Proxy.Tests.Fetching.PartAnswers;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Answers that broke off: kept, used, and completed by their rest (RFC 9111, section 3.4).</summary>
public sealed class BrokenOffTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy { Rules = Passing });

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void RFC_9111_section_3_4_what_broke_off_is_asked_for_from_there_and_becomes_the_whole()
    {
        Cut("012345", Fresh, Tag, "X-A: 1");
        var next = _scene.Client.Ask("/object/a");
        Assert.Equal(("bytes=6-", "\"1\""), (_scene.Origin.Field(1, "Range"), _scene.Origin.Field(1, "If-Range")));
        _scene.Origin.Sinks[1].OnHead(Part(6, 19, Fresh, Tag, "X-B: 2"));
        Assert.Equal("012345", Read(next));
        var joined = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[1].Deliver(Encoding.ASCII.GetBytes(Content[6..]));
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
    [InlineData(206, "Content-Range: bytes 6-19/20", Tag, "Content-Encoding: gzip")]
    [InlineData(206, "Content-Range: bytes 6-20/21", Tag)]
    [InlineData(416, "Content-Range: bytes */3", Tag)]
    [InlineData(412, "X-None: 1", Tag)]
    [InlineData(304, "X-None: 1", Tag)]
    [InlineData(304, "X-None: 1", "X-None: 2")]
    [InlineData(206, "X-None: 1", Tag)]
    [InlineData(206, "Content-Range: bytes 6-x", Tag)]
    public void A_rest_that_does_not_fit_is_not_used_and_the_whole_is_asked_for(
        int status, string range, string validator, string coding = "X-None: 1")
    {
        Cut("012345", Fresh, Tag);
        var next = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[1].OnHead(Messages.Response(status, range, validator, coding, Fresh));
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
        _scene.Origin.Sinks[1].Deliver(Encoding.ASCII.GetBytes(Content[6..]));
        _scene.Origin.Sinks[1].Deliver("more"u8);
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.Cancelled);
        Assert.Equal(Content, Read(next));
        Assert.True(next.Response!.Body.IsComplete);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rest_that_is_longer_than_it_says_and_comes_at_once_is_not_kept(bool isChunked)
    {
        Cut("012345", Fresh, Tag);
        var next = _scene.Client.Ask("/object/a");
        var head = Part(6, 19, Fresh, Tag);
        (head.Framing, head.ContentLength) = (isChunked ? BodyFraming.Chunked : BodyFraming.Length, Content.Length - 6 + 4);
        _scene.Origin.Sinks[1].OnHead(head);
        if (isChunked)
        {
            _scene.Origin.Sinks[1].Deliver(Encoding.ASCII.GetBytes(Content[6..] + "more"));
            Assert.True(_scene.Origin.IsCancelled(1));
            _scene.Origin.Sinks[1].OnFailed(OriginFailure.Cancelled);
            Assert.True(next.Response!.Body.HasFailed);
        }

        Assert.Null(_scene.Find());
        // A length that contradicts the head shows it before a byte has come: the whole is asked for.
        _scene.Client.Ask("/object/a");
        Assert.Equal(isChunked ? "bytes=6-" : null, _scene.Origin.Field(2, "Range"));
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(403)]
    public void The_beginning_outlives_an_origin_in_trouble(int status)
    {
        Cut("012345", Fresh, Tag);
        _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(status));
        _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[2].OnFailed(OriginFailure.ConnectFailed);
        _scene.Client.Ask("/object/a");
        Assert.Equal("bytes=6-", _scene.Origin.Field(3, "Range"));
    }

    /// <summary>Lets an answer break off.</summary>
    private void Cut(string beginning, params string[] fields)
    {
        _scene.Client.Ask("/object/a");
        var head = Messages.Response(200, fields);
        (head.Framing, head.ContentLength) = (BodyFraming.Length, Content.Length);
        _scene.Origin.Sinks[0].OnHead(head);
        _scene.Origin.Sinks[0].Deliver(Encoding.ASCII.GetBytes(beginning));
        _scene.Origin.Sinks[0].OnFailed(OriginFailure.Truncated);
    }
}
