using System.Text;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Interim responses between the origin's thread and the loop of a client that may have no room for them.</summary>
public sealed class InterimQueueTests : IMailbox, IFetchOwner, IBodySubscriber
{
    private readonly Queue<IPosted> _posted = new();
    private readonly FetchTicket _ticket;
    private int _told;
    private int _faults;

    public InterimQueueTests() => _ticket = Create("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");

    public int Index => 0;

    public long BodyOffset => 0;

    [Fact]
    public void Responses_wait_in_order_and_the_owner_is_told_once_until_it_takes_them()
    {
        Give(103);
        Give(102);
        Assert.Single(_posted);
        RunPosted();
        Assert.Equal(1, _told);

        Assert.Equal([103, 102], Taken());
        Assert.Empty(Taken());
        Give(104);
        RunPosted();
        Assert.Equal((2, 104), (_told, Assert.Single(Taken())));
    }

    [Fact]
    public void A_client_that_takes_none_has_eight_wait_and_no_more()
    {
        for (var status = 110; status < 190; status++)
            Give(status);

        Assert.Equal(Enumerable.Range(110, InterimQueue.CountMaximum), Taken());
        Assert.Single(_posted);
        Give(199);
        Assert.Equal([199], Taken());
    }

    [Fact]
    public void Fields_that_would_take_more_room_than_there_is_are_left_out()
    {
        Give(110, InterimQueue.BytesMaximum + 1);
        Assert.Empty(Taken());
        Give(111, InterimQueue.BytesMaximum - 100);
        Give(112, 101);
        Give(113, 100);

        Assert.Equal([111, 113], Taken());
    }

    [Fact]
    public void A_client_of_HTTP_1_0_gets_none()
    {
        var ticket = Create("GET /a HTTP/1.0\r\nHost: a\r\n\r\n");
        ticket.GiveInterim(InterimResponse.Of(Messages.Response(103, "Link: </a>")));

        Assert.Empty(_posted);
        Assert.Empty(ticket.TakeInterims());
    }

    [Fact]
    public void An_owner_that_has_left_is_told_of_none_and_of_no_fault()
    {
        Give(103);
        _ticket.Leave();
        RunPosted();
        Assert.Equal(0, _told);

        Give(103);
        while (_posted.TryDequeue(out var work))
            work.OnFault();
        Assert.Equal(0, _faults);
    }

    [Fact]
    public void A_fault_of_the_owner_at_interim_responses_is_the_owners()
    {
        Give(103);
        _posted.Dequeue().OnFault();
        Assert.Equal(1, _faults);
    }

    [Fact]
    public void Each_response_is_taken_once_whatever_the_threads_do()
    {
        const int responses = 10_000;
        var taken = new List<int>();
        using var start = new Barrier(2);
        var given = new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < responses; i++)
                Give(100 + (i % 100));
        });
        given.Start();
        start.SignalAndWait();
        while (given.IsAlive)
            taken.AddRange(Taken());
        taken.AddRange(Taken());

        // Some found no room; those that came came in order: none stands between two of an earlier round.
        Assert.InRange(taken.Count, 1, responses);
        var rounds = 1;
        for (var i = 1; i < taken.Count; i++)
            rounds += taken[i] <= taken[i - 1] ? 1 : 0;
        Assert.InRange(rounds, 1, responses / 100);
    }

    void IMailbox.Post(IPosted work)
    {
        lock (_posted)
            _posted.Enqueue(work);
    }

    void IFetchOwner.OnAnswered(FetchTicket ticket) => Assert.Fail("Nobody answers.");

    void IFetchOwner.OnInterims(FetchTicket ticket)
    {
        Assert.Same(_ticket, ticket);
        _told++;
    }

    void IBodySubscriber.OnBodyProgress() => Assert.Fail("There is no body.");

    void IFaultDomain.OnFault() => _faults++;

    private FetchTicket Create(string request)
    {
        var head = new RequestHead();
        var bytes = Encoding.ASCII.GetBytes(request);
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bytes, new HttpLimits(), head, out _, out _));
        var home = new FetchHome(this, new HeldOrigin());
        return new FetchTicket(head.Detach(), new ForwardedClient("127.0.0.1", IsTls: false), home, this, this)
        {
            Directives = RequestDirectives.None,
        };
    }

    private void Give(int status, int bytes = 0)
    {
        const int marks = 4;
        string[] fields = bytes == 0 ? [] : ["X: " + new string('x', bytes - marks - 1)];
        _ticket.GiveInterim(InterimResponse.Of(Messages.Response(status, fields)));
    }

    private int[] Taken() => [.. _ticket.TakeInterims().Select(response => response.Status)];

    private void RunPosted()
    {
        while (_posted.TryDequeue(out var work))
            work.Run();
    }
}
