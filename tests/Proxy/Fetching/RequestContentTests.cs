using TlsProxy.Proxy.Cache.Explanation;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Requests with content, which the key doesn't tell (RFC 9110, section 9.3.1).</summary>
public sealed class RequestContentTests : IDisposable
{
    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("GET", "Content-Length: 4")]
    [InlineData("GET", "Transfer-Encoding: chunked")]
    [InlineData("HEAD", "Content-Length: 4")]
    [InlineData("QUERY", "Content-Length: 4")]
    public void The_answer_to_a_request_with_content_is_for_its_client_alone(string method, string framing)
    {
        var ticket = _scene.Client.Send("/object/a", method, framing);
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: public, max-age=600", "ETag: \"evil\""), "evil");
        Assert.NotNull(ticket.Response);
        Assert.Null(_scene.Find());
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("GET", 404)]
    [InlineData("HEAD", 200)]
    public void It_replaces_updates_and_forgets_nothing(string method, int status)
    {
        _scene.Store([], "Cache-Control: max-age=60", "ETag: \"1\"", "X-Note: kept");
        _scene.Client.Send("/object/a", method, "Content-Length: 4");
        _scene.Origin.Answer(1, Messages.Response(status, "Cache-Control: max-age=600", "ETag: \"1\"", "X-Note: evil"), "evil");
        Assert.Equal("kept", Messages.Field(_scene.Find()!.Head, "X-Note"));
    }

    [Fact]
    public void It_is_neither_answered_from_the_cache_nor_together_with_others()
    {
        _scene.Client.Ask("/object/a");
        Assert.Equal(CacheReason.RequestContent, _scene.Client.Send("/object/a", "GET", "Content-Length: 4").Reuse);
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");
        Assert.Null(_scene.Client.Send("/object/a", "GET", "Content-Length: 4").Response);
        Assert.Equal(3, _scene.Origin.Sinks.Count);
    }

    [Fact]
    public void No_part_of_it_is_kept_either()
    {
        _scene.Client.Send("/object/a", "GET", "Content-Length: 4", "Range: bytes=0-4");
        _scene.Origin.Answer(0, PartAnswers.Part(0, 4, PartAnswers.Fresh, PartAnswers.Tag), "01234");
        Assert.Null(_scene.Client.Ask("/object/a", "Range: bytes=0-4").Response);
    }
}
