using System.Text;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Origin;

public sealed class FetchTableTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 100);
    private readonly HeldOrigin _origin = new();
    private readonly FetchTable _table;

    public FetchTableTests() => _table = new FetchTable
    {
        Origin = _origin,
        Cache = _cache,
        Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60 } },
        Pool = _pool,
        Fields = new ForwardedFields(null, "origin"),
        ObjectMaximum = 100_000,
    };

    public void Dispose()
    {
        _cache.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void All_who_ask_before_the_end_share_one_request_and_all_after_it_are_answered_from_the_cache()
    {
        var client = new Client(_table);
        var before = client.Ask("/object/a");
        var joined = client.Ask("/object/a");
        var sink = Assert.Single(_origin.Sinks);
        sink.OnHead(Head(200, "Cache-Control: max-age=60"));
        var during = client.Ask("/object/a");
        sink.OnData("body"u8);
        sink.OnEnd();
        var after = client.Ask("/object/a");

        Assert.Equal(1, _table.Started);
        Assert.Equal(
            [CacheOutcome.Miss, CacheOutcome.Joined, CacheOutcome.Joined, CacheOutcome.Hit],
            new[] { before, joined, during, after }.Select(ticket => ticket.Note.Outcome));
        Assert.All(new[] { before, joined, during, after }, ticket => Assert.True(ticket.Response!.Body.IsComplete));
        Assert.Equal(0, _table.InFlight);
    }

    [Fact]
    public void A_fetch_that_fails_before_its_head_answers_all_with_the_failure_and_none_is_repeated()
    {
        var client = new Client(_table);
        var tickets = Enumerable.Range(0, 5).Select(_ => client.Ask("/object/a")).ToArray();
        Assert.Single(_origin.Sinks).OnFailed(OriginFailure.NoResponse);
        Assert.All(tickets, ticket => Assert.Equal(OriginFailure.NoResponse, ticket.Failure));
        Assert.Equal(1, _table.Started);
    }

    [Fact]
    public void Waiters_of_an_answer_that_may_not_be_shared_ask_at_once_and_later_ones_do_not_wait()
    {
        var client = new Client(_table);
        for (var i = 0; i < 4; i++)
            client.Ask("/object/a");
        Assert.Single(_origin.Sinks).OnHead(Head(200, "Cache-Control: private"));
        Assert.Equal(4, _origin.Sinks.Count);
        client.Ask("/object/a");
        client.Ask("/object/a");
        Assert.Equal(6, _origin.Sinks.Count);
    }

    [Fact]
    public void Waiters_whom_the_answer_was_not_selected_for_ask_for_themselves()
    {
        var client = new Client(_table);
        var german = client.Ask("/object/a", "Accept-Language: de");
        var english = client.Ask("/object/a", "Accept-Language: en");
        var sink = Assert.Single(_origin.Sinks);
        sink.OnHead(Head(200, "Cache-Control: max-age=60", "Vary: Accept-Language"));
        Assert.Equal(2, _origin.Sinks.Count);
        Assert.NotNull(german.Response);
        Assert.Null(english.Response);
        _origin.Sinks[1].OnHead(Head(200, "Cache-Control: max-age=60", "Vary: Accept-Language"));
        foreach (var each in _origin.Sinks)
            each.OnEnd();
        Assert.Equal(CacheOutcome.Hit, client.Ask("/object/a", "Accept-Language: en").Note.Outcome);
        Assert.Equal(CacheOutcome.Hit, client.Ask("/object/a", "Accept-Language: de").Note.Outcome);
    }

    [Fact]
    public void A_stale_response_is_confirmed_by_a_conditional_request_and_keeps_its_body()
    {
        var client = new Client(_table);
        client.Ask("/object/a");
        _origin.Sinks[0].OnHead(Head(200, "Cache-Control: max-age=0", "ETag: \"v1\""));
        _origin.Sinks[0].OnData("body"u8);
        _origin.Sinks[0].OnEnd();
        var second = client.Ask("/object/a");
        Assert.Equal("\"v1\"", _origin.Field(1, "If-None-Match"));
        _origin.Sinks[1].OnHead(Head(304, "Cache-Control: max-age=60", "ETag: \"v1\""));
        _origin.Sinks[1].OnEnd();
        Assert.Equal(CacheOutcome.Revalidated, second.Note.Outcome);
        Assert.Equal(4, second.Response!.Body.TotalLength);
        Assert.Equal(CacheOutcome.Hit, client.Ask("/object/a").Note.Outcome);
        Assert.Equal(2, _table.Started);
    }

    [Fact]
    public void A_successful_unsafe_request_forgets_the_target()
    {
        var client = new Client(_table);
        client.Ask("/object/a");
        _origin.Sinks[0].OnHead(Head(200, "Cache-Control: max-age=60"));
        _origin.Sinks[0].OnEnd();
        client.Ask("/object/a", method: "DELETE");
        _origin.Sinks[1].OnHead(Head(204));
        _origin.Sinks[1].OnEnd();
        client.Ask("/object/a");
        Assert.Equal(3, _table.Started);
    }

    [Fact]
    public void HEAD_joins_a_fetch_of_the_whole_and_begins_none()
    {
        var client = new Client(_table);
        client.Ask("/object/a");
        var joined = client.Ask("/object/a", method: "HEAD");
        _origin.Sinks[0].OnHead(Head(200, "Cache-Control: max-age=60"));
        Assert.Equal(200, joined.Response!.Status);
        client.Ask("/object/b", method: "HEAD");
        client.Ask("/object/b");
        Assert.Equal(3, _table.Started);
    }

    [Fact]
    public void What_a_fetch_and_its_readers_held_comes_back()
    {
        var client = new Client(_table);
        var ticket = client.Ask("/object/a");
        _origin.Sinks[0].OnHead(Head(200, "Cache-Control: no-store"));
        _origin.Sinks[0].OnData(new byte[50_000]);
        _origin.Sinks[0].OnEnd();
        ticket.Response!.Body.RemoveReader(client);
        ticket.Response.Release();
        Assert.Equal(0, _pool.RentedSegments);
    }

    private static ResponseHead Head(int status, params string[] fields)
    {
        var head = new ResponseHead { Status = status, Framing = BodyFraming.UntilClose };
        foreach (var field in fields)
        {
            var parts = field.Split(": ", 2);
            head.Fields.Add(Encoding.ASCII.GetBytes(parts[0]), Encoding.ASCII.GetBytes(parts[1]));
        }

        return head;
    }

    private sealed class Client(FetchTable table) : IMailbox, IFetchOwner, IBodySubscriber
    {
        public int Index => 0;

        public long BodyOffset => 0;

        public FetchTicket Ask(string target, string? field = null, string method = "GET")
        {
            var head = new RequestHead();
            var text = $"{method} {target} HTTP/1.1\r\nHost: a\r\n{(field is null ? string.Empty : field + "\r\n")}\r\n";
            Assert.Equal(ParseStatus.Complete, RequestParser.Parse(Encoding.ASCII.GetBytes(text), new HttpLimits(), head, out _, out _));
            var ticket = new FetchTicket(head.Detach(), new ForwardedClient("127.0.0.1", false), this, this, this);
            table.Request(ticket);
            return ticket;
        }

        public void Post(IPosted work) => work.Run();

        public void OnAnswered(FetchTicket ticket) => Assert.True(ticket.Response is not null || ticket.Failure != OriginFailure.None);

        public void OnBodyProgress() => Assert.Fail("Nobody has subscribed.");
    }

    private sealed class HeldOrigin : IOrigin
    {
        private readonly List<OriginRequest> _requests = [];

        public List<IOriginSink> Sinks { get; } = [];

        public void Start(OriginRequest request, IOriginSink sink)
        {
            _requests.Add(request);
            Sinks.Add(sink);
        }

        public string Field(int index, string name)
        {
            var fields = _requests[index].Fields;
            return Encoding.ASCII.GetString(fields.Value(fields.Find(Encoding.ASCII.GetBytes(name))));
        }
    }
}
