using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Upstream;
using static TlsProxy.Proxy.Tests.Fetching.PartAnswers;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Answers to the conditions and ranges of one request, which aren't the resource (RFC 9110, sections 13 and 14).</summary>
public sealed class ConditionAnswerTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy { Rules = Passing });

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(412, "If-Match: \"2\"")]
    [InlineData(412, "If-Unmodified-Since: Tue, 03 Mar 2020 10:00:00 GMT")]
    [InlineData(416, "Range: bytes=99-")]
    [InlineData(226, "A-IM: vcdiff")]
    public void They_reach_the_client_that_asked_and_no_other(int status, string field)
    {
        var ticket = _scene.Client.Ask("/object/a", field);
        _scene.Origin.Answer(0, Messages.Response(status, Fresh), "no");
        Assert.Equal(status, ticket.Response!.Status);
        Assert.Null(_scene.Client.Ask("/object/a").Response);
        Assert.Equal(2, _scene.Origin.Sinks.Count);
    }

    [Fact]
    public void A_412_to_the_conditions_of_the_cache_has_the_origin_asked_without_them()
    {
        _scene.Store([], "Cache-Control: max-age=0", Tag);
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[1].OnHead(Messages.Response(412, Fresh));
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.Cancelled);
        Assert.Null(_scene.Origin.Field(2, "If-None-Match"));
        _scene.Origin.Answer(2, Messages.Response(200, Fresh, Tag), "new");
        Assert.Equal((200, "new"), (ticket.Response!.Status, Read(ticket)));
    }
}
