using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Which of several answers for the same is kept when they end in another order than they began (RFC 9111, section 4).</summary>
public sealed class RecentAnswerTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy
    {
        Lifetimes = new LifetimePolicy { Default = 60_000 },
        // Each request is to be one to the origin.
        ClientControl = ClientCacheControl.Honour,
    });

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-30)]
    public void An_answer_that_ends_later_does_not_replace_one_that_was_asked_for_when_its_head_had_come(int dateOfSecond)
    {
        _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(Fresh(0));
        _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        _scene.Origin.Answer(1, Fresh(dateOfSecond), "second");
        Assert.Equal("second", Stored());

        _scene.Origin.Sinks[0].Deliver("first"u8);
        _scene.Origin.Sinks[0].OnEnd();

        Assert.Equal("second", Stored());
    }

    [Theory]
    [InlineData(0, 2, "second")]
    [InlineData(2, 0, "first")]
    [InlineData(0, 0, "first")]
    public void Of_answers_that_were_under_way_together_the_later_date_stays(int dateOfFirst, int dateOfSecond, string kept)
    {
        _scene.Client.Ask("/object/a");
        _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        _scene.Origin.Answer(1, Fresh(dateOfSecond), "second");

        _scene.Origin.Answer(0, Fresh(dateOfFirst), "first");

        Assert.Equal(kept, Stored());
    }

    [Fact]
    public void A_confirmation_of_an_older_answer_does_not_replace_a_newer_one()
    {
        _scene.Store([], "Cache-Control: max-age=0", "ETag: \"1\"", Date(0));
        _scene.Client.Ask("/object/a");
        Assert.Equal("\"1\"", _scene.Origin.Field(1, "If-None-Match"));
        _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        _scene.Origin.Answer(2, Messages.Response(200, "Cache-Control: max-age=60", "ETag: \"2\"", Date(2)), "second");

        _scene.Origin.Answer(1, Messages.Response(304, "Cache-Control: max-age=60", "ETag: \"1\"", Date(0)));

        Assert.Equal("second", Stored());
    }

    [Fact]
    public void A_confirmation_replaces_what_it_confirms_whatever_its_date()
    {
        _scene.Store([], "Cache-Control: max-age=0", "ETag: \"1\"", Date(0));
        _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(304, "Cache-Control: max-age=60", "ETag: \"1\"", Date(-30)));
        Assert.Equal("60", Messages.Field(_scene.Find()!.Head, "Cache-Control")!.Split('=')[1]);
    }

    [Fact]
    public void A_part_of_an_older_answer_does_not_replace_those_of_a_newer_one()
    {
        _scene.Client.Ask("/object/a", "Range: bytes=0-3");
        _scene.Origin.Sinks[0].OnHead(Cut("\"1\"", Date(0)));
        _scene.Origin.Sinks[0].Deliver("olde"u8);
        _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        _scene.Origin.Sinks[1].OnHead(Cut("\"2\"", Date(2)));
        _scene.Origin.Sinks[1].Deliver("newe"u8);
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.Truncated);

        _scene.Origin.Sinks[0].OnFailed(OriginFailure.Truncated);

        Assert.Equal("newe", Text(_scene.Client.Ask("/object/a", "Range: bytes=0-3").Response!.Body));
        Assert.Equal(2, _scene.Origin.Sinks.Count);
    }

    [Fact]
    public void What_is_cleared_while_a_fetch_is_begun_is_not_brought_back_by_a_304()
    {
        _scene.Store([], "Cache-Control: max-age=60, stale-while-revalidate=60", "ETag: \"1\"", Date(0));
        var entry = _scene.Find()!;
        Assert.True(entry.Response.TryAcquire());
        _scene.Table.Clear();

        _scene.Table.Refresh(_scene.Client.Home, Messages.Request("/object/a"), new ForwardedClient("127.0.0.1", false), entry);
        _scene.Origin.Answer(1, Messages.Response(304, "Cache-Control: max-age=60", "ETag: \"1\""));

        entry.Response.Release();
        Assert.Null(_scene.Find());
    }

    private static ResponseHead Cut(string tag, string date)
    {
        var head = Messages.Response(200, "Cache-Control: max-age=60", "ETag: " + tag, date);
        head.Framing = BodyFraming.Length;
        head.ContentLength = 10;
        return head;
    }

    private ResponseHead Fresh(int date) => Messages.Response(200, "Cache-Control: max-age=60", Date(date));

    private string Date(int seconds) => "Date: " + Messages.Date(_scene.Time.Seconds + seconds);

    private string? Stored() => _scene.Find() is { } entry ? Text(entry.Response.Body) : null;

    private static string Text(Body body) =>
        body.Read(0, int.MaxValue, out var slice) == BodyRead.Available ? Encoding.ASCII.GetString(slice.Span) : string.Empty;
}
