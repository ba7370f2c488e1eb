using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Connections.Http1;

/// <summary>Interim responses of the origin on one connection of HTTP/1.1, in front of the final response.</summary>
public sealed class InterimResponseTests : IDisposable
{
    private const string Get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Hints = "HTTP/1.1 103 Early Hints\r\nLink: </b>\r\nVia: 1.1 tlsproxy\r\n\r\n";
    private const string Processing = "HTTP/1.1 102 Processing\r\nVia: 1.1 tlsproxy\r\n\r\n";
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const int SmallBuffer = 16;

    private Http1Scene _scene = new();

    private long Interims => _scene.Services.Exchanges.Counters.Interims;

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void The_client_has_hints_while_the_origin_still_works_and_the_final_response_behind_them()
    {
        _scene.Ask(Get);
        SendHints();
        _scene.TurnUntil(() => _scene.Received == Hints);
        _scene.Origin.Sinks[0].OnInterim(Messages.Response(102));
        _scene.TurnUntil(() => _scene.Received == Hints + Processing);
        Answer();

        _scene.TurnUntil(() => _scene.Received.StartsWith(Hints + Processing + Ok, StringComparison.Ordinal) && IsAnswered());
        Assert.Equal(2, Interims);
    }

    [Fact]
    public void What_comes_together_leaves_in_order()
    {
        _scene.Ask(Get);
        SendHints();
        SendHints();
        Answer();

        _scene.TurnUntil(IsAnswered);
        Assert.StartsWith(Hints + Hints + Ok, _scene.Received, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_waits_until_the_client_has_taken_the_hints_that_came_before_it()
    {
        Start(SmallBuffer);
        _scene.Ask(Get);
        _scene.ClientTakes = false;
        SendHints();
        _scene.Turn();
        // The first is on its way and stands still; those behind it wait, up to a bound.
        for (var i = 0; i < 100; i++)
            SendHints();
        Answer();
        _scene.Turn();
        _scene.ClientTakes = true;

        _scene.TurnUntil(IsAnswered);
        var hints = string.Concat(Enumerable.Repeat(Hints, InterimQueue.CountMaximum + 1));
        Assert.StartsWith(hints + Ok, _scene.Received, StringComparison.Ordinal);
        Assert.Equal(InterimQueue.CountMaximum + 1, Interims);
    }

    [Fact]
    public void A_client_that_takes_no_hints_is_cut_after_a_write_deadline_and_nothing_is_left_of_it()
    {
        Start(SmallBuffer);
        _scene.Ask(Get);
        _scene.ClientTakes = false;
        SendHints();
        _scene.Turn();
        SendHints();
        Answer();

        _scene.TurnUntil(() => _scene.HasEnded, time: true);
        Assert.Equal(1, _scene.Services.Exchanges.Counters.Deadlines);
        _scene.CheckNothingIsLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_goes_amid_the_hints_leaves_nothing(bool isAnswered)
    {
        Start(SmallBuffer);
        _scene.Ask(Get);
        _scene.ClientTakes = false;
        SendHints();
        _scene.Turn();
        SendHints();
        if (isAnswered)
            Answer();
        _scene.Turn();
        _scene.Reset();
        _scene.TurnUntil(() => _scene.HasEnded);

        if (!isAnswered)
        {
            // What comes of it may be stored, though its client has gone.
            SendHints();
            Answer();
        }

        _scene.CheckNothingIsLeft();
    }

    [Fact]
    public void A_client_of_HTTP_1_0_gets_the_final_response_alone()
    {
        _scene.Ask("GET /a HTTP/1.0\r\nHost: a\r\n\r\n");
        SendHints();
        Answer();

        CheckFinalAlone();
    }

    [Fact]
    public void Hints_without_memory_are_left_out_and_the_final_response_comes()
    {
        _scene.Ask(Get);
        _scene.ExhaustMemory();
        SendHints();
        _scene.Turn();
        _scene.EndShortage();
        Answer();

        CheckFinalAlone();
    }

    [Fact]
    public void Pipelined_requests_get_their_own_hints_in_front_of_their_own_responses()
    {
        _scene.Ask(Get);
        _scene.Send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
        SendHints();
        Answer();
        _scene.TurnUntil(() => _scene.Origin.Sinks.Count == 2);
        _scene.Origin.Sinks[1].OnInterim(Messages.Response(102));
        _scene.Origin.Answer(1, Messages.Response(404), "none");

        _scene.TurnUntil(() => _scene.Received.EndsWith("\r\n\r\nnone", StringComparison.Ordinal));
        Assert.StartsWith(Hints + Ok, _scene.Received, StringComparison.Ordinal);
        Assert.Contains("body" + Processing + "HTTP/1.1 404 Not Found\r\n", _scene.Received, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_waits_for_100_Continue_gets_it_behind_hints_that_are_on_their_way()
    {
        Start(SmallBuffer);
        _scene.Ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        _scene.ClientTakes = false;
        SendHints();
        _scene.Turn();
        Assert.Equal(RequestBodyPull.NotYet, PullBody());
        _scene.Turn();
        _scene.ClientTakes = true;
        _scene.TurnUntil(() => _scene.Received == Hints + Continue);
        _scene.Send("body");
        _scene.TurnUntil(() => PullBody() == RequestBodyPull.Bytes);
        SendHints();
        Answer();

        _scene.TurnUntil(IsAnswered);
        Assert.StartsWith(Hints + Continue + Hints + Ok, _scene.Received, StringComparison.Ordinal);
    }

    [Fact]
    public void A_final_answer_takes_the_place_of_a_100_Continue_that_waits_behind_hints()
    {
        Start(SmallBuffer);
        _scene.Ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        _scene.ClientTakes = false;
        SendHints();
        _scene.Turn();
        Assert.Equal(RequestBodyPull.NotYet, PullBody());
        _scene.Turn();
        Answer(413);
        _scene.ClientTakes = true;

        _scene.TurnUntil(IsAnswered);
        Assert.StartsWith(Hints + "HTTP/1.1 413 Content Too Large\r\n", _scene.Received, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_of_the_origin_behind_hints_is_a_502()
    {
        _scene.Ask(Get);
        SendHints();
        _scene.Origin.Sinks[0].OnFailed(OriginFailure.NoResponse);

        _scene.TurnUntil(() => _scene.Received.Contains("502 Bad Gateway\r\n", StringComparison.Ordinal));
        Assert.StartsWith(Hints + "HTTP/1.1 502 Bad Gateway\r\n", _scene.Received, StringComparison.Ordinal);
    }

    private void Start(int sendBufferBytes)
    {
        _scene.Dispose();
        _scene = new Http1Scene(sendBufferBytes);
    }

    private void CheckFinalAlone()
    {
        _scene.TurnUntil(IsAnswered);
        Assert.StartsWith(Ok, _scene.Received, StringComparison.Ordinal);
        Assert.Equal(0, Interims);
    }

    private void SendHints() => _scene.Origin.Sinks[0].OnInterim(Messages.Response(103, "Link: </b>"));

    private void Answer(int status = 200) =>
        _scene.Origin.Answer(0, Messages.Response(status, "Cache-Control: max-age=60"), "body");

    private RequestBodyPull PullBody() => _scene.Origin.Body(0)!.TryPull(out _);

    private bool IsAnswered() => _scene.Received.EndsWith("\r\n\r\nbody", StringComparison.Ordinal);
}
