using System.Net.Sockets;
using TlsProxy.Proxy.Connections;
using TlsProxy.Uring.Backends;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>A fault at each point of each callback, one after the other: one life ends by it, and nothing else does.</summary>
public sealed class FaultTests
{
    private const int PointsMaximum = 2000;
    private const int MissesMaximum = 12;
    private const int NamedTriesMaximum = 20;

    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(5);

    public static TheoryData<string> Kinds => [.. Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fault_at_any_point_of_a_request_ends_one_life_and_the_next_client_is_served(string kind)
    {
        await using var scene = new FaultScene(Backend(kind));

        var places = await SweepAsync(
            scene, tolerant => AskAsync(scene, isIntroduced: false, tolerant),
            "ClientConnection.Start", "Listener.Accept", "RecordChannel.ReceiveMultishot", "RecordChannel.Close", "FetchTicket.Run",
            "RequestBody.Run", "WorkerSubscribers.Run", "Fetch.OnHead", "Fetch.OnData", "Fetch.OnEnd");

        Assert.Contains(places, place => place.StartsWith("RecordChannel.Send", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fault_at_any_point_of_a_header_or_handshake_ends_one_life_and_the_next_client_is_served(string kind)
    {
        await using var scene = new FaultScene(Backend(kind));

        await SweepAsync(
            scene, tolerant => AskAsync(scene, isIntroduced: true, tolerant),
            "ProxyHeaderStage.Receive", "HandshakeStage.Receive", "HandshakeStage.Send");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fault_at_a_deadline_ends_the_connection_it_is_for(string kind)
    {
        await using var scene = new FaultScene(Backend(kind), new DeadlineOptions { Head = s_soon, Handshake = s_soon });

        var places = await SweepAsync(scene, async _ =>
        {
            await StaySilentAsync(scene.Plain);
            await StaySilentAsync(scene.Introduced);
        });

        Assert.Contains("ClientConnection.Deadline", places);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fault_of_who_answers_operators_ends_that_request(string kind)
    {
        await using var scene = new FaultScene(Backend(kind), hasResponder: true);

        Assert.Contains("a responder", await SweepAsync(scene, tolerant => AskAsync(scene, isIntroduced: false, tolerant)));
    }

    /// <summary>Does something once for each point that is passed while it is done, with a fault there, and after each fault once
    /// without.</summary>
    /// <param name="expected">Points that are passed each time: those that the numbers missed are faulted by name.</param>
    /// <returns>The points at which there were faults.</returns>
    private static async Task<HashSet<string>> SweepAsync(FaultScene scene, Func<bool, Task> act, params string[] expected)
    {
        var places = new HashSet<string>();
        var misses = 0;
        // Which points there are differs from time to time: what comes together is told together.
        for (var point = 1; point < PointsMaximum && misses < MissesMaximum; point++)
            misses = await TryFaultAsync(scene, act, places, () => scene.Plan.Arm(point)) ? 0 : misses + 1;
        Assert.Equal(MissesMaximum, misses);

        foreach (var missed in expected.Except(places).ToArray())
        {
            for (var tries = 0; tries < NamedTriesMaximum && !places.Contains(missed); tries++)
                await TryFaultAsync(scene, act, places, () => scene.Plan.Arm(1, missed));
        }

        Assert.Empty(expected.Except(places));
        return places;
    }

    /// <returns>Whether the point was passed and so threw.</returns>
    private static async Task<bool> TryFaultAsync(FaultScene scene, Func<bool, Task> act, HashSet<string> places, Action arm)
    {
        var before = scene.Faults.Count;
        arm();
        await act(true);
        await scene.RestAsync();
        scene.Plan.Disarm();
        if (scene.Plan.ThrownAt is not { } place)
            return false;
        places.Add(place);
        await scene.CountedAsync(before + 1);
        await scene.RestAsync();
        Assert.True(scene.Faults.Count == before + 1, $"{place}: {scene.Faults.Count - before} faults were counted");
        await act(false);
        await scene.RestAsync();
        await scene.CheckNothingIsLeftAsync(place);
        return true;
    }

    private static async Task AskAsync(FaultScene scene, bool isIntroduced, bool tolerant)
    {
        using var client = new FaultClient(isIntroduced ? scene.Introduced : scene.Plain, isIntroduced);
        foreach (var (method, target) in new[] { (HttpMethod.Get, "/a"), (HttpMethod.Get, "/a"), (HttpMethod.Post, "/b") })
        {
            try
            {
                Assert.True(await client.TryAsync(method, target, FaultScene.Chunks) || tolerant, "no answer");
            }
            catch (Exception exception)
            {
                var place = $"{method} {target} after a fault at {scene.Plan.ThrownAt}";
                throw new InvalidOperationException($"{place}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Connects and waits for the end.</summary>
    private static async Task StaySilentAsync(System.Net.IPEndPoint address)
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

    private static BackendChoice Backend(string kind)
    {
        var request = new BackendRequest { Kind = Enum.GetValues<BackendKind>().Single(known => BackendChoice.NameOf(known) == kind) };
        var choice = BackendChoice.Make(request, out var failure);
        Assert.SkipWhen(choice is null && failure!.IsRefusal, $"{kind} is forbidden here");
        return choice!;
    }
}
