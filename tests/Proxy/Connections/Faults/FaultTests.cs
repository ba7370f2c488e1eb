using System.Net.Sockets;
using TlsProxy.Handshake;
using TlsProxy.Proxy.Exchanges;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>A fault at each point of each callback, one after the other: one life ends by it, and nothing else does.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(5);

    public static TheoryData<string> Kinds => FaultedBackends.Names;

    public static MatrixTheoryData<string, TlsEngine> KindsAndEngines =>
        new(FaultedBackends.Names.Select(row => row.Data), Enum.GetValues<TlsEngine>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fault_at_any_point_of_a_request_ends_one_life_and_the_next_client_is_served(string kind)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind));

        var places = await FaultSweep.RunAsync(
            scene, () => FaultSweep.AskAsync(scene, isIntroduced: false), FaultKind.Throw,
            "Connection.Start", "Listener.Accept", "RecordChannel.ReceiveMultishot", "RecordChannel.Close", "FetchTicket.Run",
            "InterimQueue.Run", "RequestBody.Run", "WorkerSubscribers.Run", "ArrivingAnswer.OnInterim", "ArrivingAnswer.OnHead",
            "ArrivingAnswer.TryReserve", "ArrivingAnswer.Commit", "ArrivingAnswer.OnEnd");

        Assert.Contains(places.Keys, place => place.StartsWith("RecordChannel.Send", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(KindsAndEngines))]
    public async Task A_fault_at_any_point_of_a_header_or_handshake_ends_one_life_and_the_next_client_is_served(
        string kind, TlsEngine engine)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind), engine: engine);

        await FaultSweep.RunAsync(
            scene, () => FaultSweep.AskAsync(scene, isIntroduced: true), FaultKind.Throw,
            "ProxyHeaderStage.Receive", "HandshakeStage.Receive", "HandshakeStage.Send");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fault_at_a_deadline_ends_the_connection_it_is_for(string kind)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind), new DeadlineOptions { Head = s_soon, Handshake = s_soon });

        await FaultSweep.RunAsync(scene, StaySilentAsync, FaultKind.Throw, "Connection.Deadline");

        async Task<int> StaySilentAsync()
        {
            await WaitForEndAsync(scene.Plain);
            await WaitForEndAsync(scene.Introduced);
            return 0;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fault_of_who_answers_operators_ends_that_request(string kind)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind), hasResponder: true);

        await FaultSweep.RunAsync(scene, () => FaultSweep.AskAsync(scene, isIntroduced: false), FaultKind.Throw, "a responder");
    }

    /// <summary>Connects and waits for the end.</summary>
    private static async Task WaitForEndAsync(System.Net.IPEndPoint address)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
        }
        catch (SocketException reset)
        {
            Assert.NotEqual(SocketError.ConnectionRefused, reset.SocketErrorCode);
        }
    }
}
