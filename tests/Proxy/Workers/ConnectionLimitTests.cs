using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Backends;

namespace TlsProxy.Proxy.Tests.Workers;

public sealed class ConnectionLimitTests
{
    // The kernel never accepts on its own.
    private const int Careful = int.MaxValue;

    public static TheoryData<string> Kinds => [.. Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void At_the_limit_connections_wait_until_one_has_ended(string kind)
    {
        using var worker = new TurnedWorker(kind, new TurnedWorkerOptions { Connections = new ConnectionLimit(4, unasked: Careful) });
        // None of them has asked: none is ended to make room.
        var clients = Enumerable.Range(0, 5).Select(_ => worker.Connect()).ToArray();
        worker.TurnUntil(() => worker.Worker.Counters.AcceptPauses > 0);
        Assert.Equal(4, worker.Open);
        TurnedWorker.Ask(clients[4]);
        clients[0].Close();

        Assert.StartsWith("HTTP/1.1 200", worker.Read(clients[4]), StringComparison.Ordinal);
        Assert.Equal((5, 4, 0), (worker.Worker.Counters.Accepted, worker.Open, worker.Worker.Counters.EndedForRoom));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Kept_connections_make_room_the_longest_idle_first(string kind)
    {
        using var worker = new TurnedWorker(kind, new TurnedWorkerOptions { Connections = new ConnectionLimit(40, unasked: Careful) });
        var kept = Enumerable.Range(0, 40).Select(_ => worker.ConnectKept()).ToArray();
        // The first has asked again: the second is the oldest now.
        TurnedWorker.Ask(kept[0]);
        worker.Read(kept[0]);

        worker.ConnectKept();

        // Thirty-two end at once.
        Assert.All(kept[1..33], client => Assert.Empty(worker.Read(client)));
        Assert.Equal(32, worker.Worker.Counters.EndedForRoom);
        TurnedWorker.Ask(kept[0]);
        Assert.StartsWith("HTTP/1.1 200", worker.Read(kept[0]), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_request_that_has_come_by_then_is_answered_on_a_connection_that_was_to_end(string kind)
    {
        using var worker = new TurnedWorker(kind, new TurnedWorkerOptions { Connections = new ConnectionLimit(2, unasked: Careful) });
        var asking = worker.ConnectKept();
        var idle = worker.ConnectKept();
        TurnedWorker.Ask(asking);
        var late = worker.Connect();
        TurnedWorker.Ask(late);

        Assert.StartsWith("HTTP/1.1 200", worker.Read(late), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", worker.Read(asking), StringComparison.Ordinal);
        Assert.Empty(worker.Read(idle));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_kernel_that_accepts_on_its_own_is_told_to_stop_near_the_limit(string kind)
    {
        using var worker = new TurnedWorker(kind, new TurnedWorkerOptions { Connections = new ConnectionLimit(8, unasked: 4) });
        var clients = Enumerable.Range(0, 4).Select(_ => worker.Connect()).ToList();
        worker.TurnUntil(() => worker.Open == 4);
        worker.Turn(5);
        clients.AddRange(Enumerable.Range(0, 16).Select(_ => worker.Connect()));
        worker.TurnUntil(() => worker.Worker.Counters.AcceptPauses > 0);
        Assert.Equal(8, worker.Open);
        foreach (var client in clients)
            client.Close();

        worker.TurnUntil(() => worker.Worker.Counters.Accepted == 20 && worker.Open == 0);
        worker.ConnectKept();
    }

    [Fact]
    public void Each_worker_has_its_share_and_the_rest_goes_to_those_that_accept_more()
    {
        var limit = new ConnectionLimit(16, workers: 2);
        var (busy, slow) = (new ConnectionShare(limit), new ConnectionShare(limit));
        Assert.Equal(10, CountTaken(busy));
        Assert.Equal(6, CountTaken(slow));
        // What a busy one gives back of the rest is for both.
        busy.Return();
        Assert.True(slow.TryTake());
        Assert.False(busy.TryTake());
    }

    [Fact]
    public void After_a_shortage_fewer_are_allowed_until_it_is_over()
    {
        var shortages = 0;
        var limit = new ConnectionLimit(100, unasked: 10) { OnShortage = () => shortages++ };
        var share = new ConnectionShare(limit);
        for (var i = 0; i < 60; i++)
            Assert.True(share.TryTake());
        Assert.True(limit.IsPlentiful);

        limit.Shrink();

        Assert.Equal((44, false, false, 1), (limit.Allowed, limit.IsPlentiful, share.TryTake(), shortages));
        limit.Restore();
        Assert.True(share.TryTake());
    }

    private static int CountTaken(ConnectionShare share)
    {
        var taken = 0;
        while (share.TryTake())
            taken++;
        return taken;
    }
}
