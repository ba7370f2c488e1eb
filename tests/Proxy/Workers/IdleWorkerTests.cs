using TlsProxy.Uring.Backends;

namespace TlsProxy.Proxy.Tests.Workers;

/// <summary>What a loop would wake for while its clients do nothing: each connection's own deadline, and no tick besides.</summary>
public sealed class IdleWorkerTests
{
    private const int Connections = 8;

    public static TheoryData<string> Kinds => [.. Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_worker_without_connections_has_nothing_to_wake_for(string kind)
    {
        using var worker = new TurnedWorker(kind);
        Assert.Equal(0, worker.ArmedDeadlines);
        var clients = Enumerable.Range(0, Connections).Select(_ => worker.ConnectKept()).ToArray();

        foreach (var client in clients)
            client.Dispose();
        worker.TurnUntil(() => worker.Open == 0);

        Assert.Equal(0, worker.ArmedDeadlines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kept_connection_has_one_deadline(string kind)
    {
        using var worker = new TurnedWorker(kind);
        foreach (var _ in Enumerable.Range(0, Connections))
            worker.ConnectKept();

        worker.TurnUntil(() => worker.ArmedDeadlines == Connections);
        Assert.Equal(Connections, worker.Open);
    }
}
