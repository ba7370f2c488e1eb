using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Tunnels;

/// <summary>A WebSocket from the offer to its end: what each side gets, how ends and resets pass, and what a slow side costs.</summary>
public sealed class TunnelTests : IDisposable
{
    private readonly SegmentPool _buffers = new();

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void The_offer_and_its_acceptance_pass_with_their_fields()
    {
        using var scene = new TunnelScene(1, _buffers);
        var request = scene.Ask();
        TunnelScene.Write(scene.Origin, TunnelScene.Acceptance);
        var answer = scene.ReadHead(() => scene.Client);

        Assert.StartsWith("GET /chat HTTP/1.1\r\nHost: a\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Protocol: chat, news\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", request, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Protocol: chat\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", answer, StringComparison.Ordinal);
        End(scene);
    }

    [Fact]
    public void Bytes_that_come_before_the_101_wait_for_it()
    {
        using var scene = new TunnelScene(2, _buffers);
        scene.Ask(TunnelScene.Offer + "early");
        scene.TurnUntilQuiet();
        Assert.Equal(0, scene.Origin.Deliverable);

        TunnelScene.Write(scene.Origin, TunnelScene.Acceptance + "first");
        scene.ReadHead(() => scene.Client);
        scene.TurnUntil(() => scene.Client.Deliverable == 5 && scene.Origin.Deliverable == 5);
        Assert.Equal("first", TunnelScene.Take(scene.Client));
        Assert.Equal("early", TunnelScene.Take(scene.Origin));
        End(scene);
    }

    [Fact]
    public void The_end_of_one_side_passes_while_the_other_goes_on()
    {
        using var scene = new TunnelScene(3, _buffers);
        scene.Open();
        TunnelScene.Write(scene.Client, "last");
        scene.Client.End();
        scene.TurnUntil(() => scene.Origin.Deliverable == 4);
        Assert.Equal("last", TunnelScene.Take(scene.Origin));
        scene.TurnUntil(() => scene.Origin.HasEnded);
        Assert.False(scene.Client.HasEnded);

        TunnelScene.Write(scene.Origin, "answer");
        scene.TurnUntil(() => scene.Client.Deliverable == 6);
        Assert.Equal("answer", TunnelScene.Take(scene.Client));
        scene.Origin.End();
        scene.TurnUntil(() => scene.Client.HasEnded);
        scene.CheckNothingIsLeft();
        Assert.False(scene.Client.IsReset || scene.Origin.IsReset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reset_of_one_side_passes_to_the_other(bool isClients)
    {
        using var scene = new TunnelScene(4, _buffers);
        scene.Open();
        var (one, other) = isClients ? (scene.Client, scene.Origin) : (scene.Origin, scene.Client);
        one.Reset();
        scene.TurnUntil(() => other.IsReset);
        scene.CheckNothingIsLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_side_that_reads_nothing_stops_the_other_within_bounded_memory(bool stallsClient)
    {
        using var scene = new TunnelScene(5, _buffers);
        scene.Open();
        var (stalled, busy) = stallsClient ? (scene.Client, scene.Origin) : (scene.Origin, scene.Client);
        var sent = new byte[1 << 20];
        scene.Random.NextBytes(sent);
        var side = new TunnelSide(scene.Random, busy, sent);
        var reader = new TunnelSide(scene.Random, stalled, []);
        for (var before = -1; before != side.Sent; scene.TurnUntilQuiet())
        {
            before = side.Sent;
            side.Write(sent.Length);
        }

        Assert.False(side.HasSentAll);
        // Of 4 KiB each where the client is the busy one, as its bytes come in.
        Assert.InRange(scene.HeldSegments, 1, 12);
        scene.TurnUntil(() =>
        {
            side.Write(sent.Length);
            reader.Read(100_000);
            return stalled.HasEnded;
        });
        Assert.Equal(sent, reader.Received);
        End(scene);
    }

    [Fact]
    public void A_tunnel_that_rests_holds_no_segment()
    {
        using var scene = new TunnelScene(6, _buffers);
        scene.Open();
        var before = scene.HeldSegments;
        TunnelScene.Write(scene.Client, new string('x', 30_000));
        TunnelScene.Write(scene.Origin, new string('y', 30_000));
        scene.TurnUntil(() => scene.Client.Deliverable == 30_000 && scene.Origin.Deliverable == 30_000);
        scene.TurnUntilQuiet();

        Assert.Equal((0, 0), (before, scene.HeldSegments));
        _ = TunnelScene.Take(scene.Client) + TunnelScene.Take(scene.Origin);
        End(scene);
    }

    [Fact]
    public void A_tunnel_ends_in_order_after_the_time_without_a_byte_in_either_direction()
    {
        using var scene = new TunnelScene(7, _buffers, tunnels: new TunnelOptions { Idle = TimeSpan.FromMinutes(10) });
        scene.Open();
        for (var minute = 0; minute < 30; minute++)
        {
            scene.Clock.Advance(60_000_000_000);
            TunnelScene.Write(minute % 2 == 0 ? scene.Client : scene.Origin, "x");
            scene.TurnUntil(() => scene.Client.Deliverable + scene.Origin.Deliverable == 1);
            _ = TunnelScene.Take(scene.Client) + TunnelScene.Take(scene.Origin);
        }

        Assert.Equal(0, scene.Services.Exchanges.Counters.Deadlines);
        scene.TurnUntil(() => scene.Client.HasEnded && scene.Origin.HasEnded);
        Assert.Equal(1, scene.Services.Exchanges.Counters.Deadlines);
        End(scene);
    }

    [Fact]
    public void An_origin_that_lacks_bytes_at_the_end_of_the_time_is_reset()
    {
        using var scene = new TunnelScene(11, _buffers, tunnels: new TunnelOptions { Idle = TimeSpan.FromMinutes(10) });
        scene.Open();
        var client = new TunnelSide(scene.Random, scene.Client, new byte[1 << 20]);
        for (var before = -1; before != client.Sent; scene.TurnUntilQuiet())
        {
            before = client.Sent;
            client.Write(1 << 20);
        }

        Assert.NotEqual(0, scene.HeldSegments);
        scene.TurnUntil(() => scene.Origin.IsReset);
        Assert.False(scene.Origin.HasEnded);
        scene.Client.End();
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void What_an_origin_sent_before_its_end_reaches_a_client_that_goes_on_sending()
    {
        using var scene = new TunnelScene(12, _buffers);
        scene.Open();
        TunnelScene.Write(scene.Origin, "bye");
        scene.Origin.End();
        scene.TurnUntil(() => scene.Client.Deliverable == 3);
        scene.TurnUntilQuiet();
        scene.Origin.Reset();
        TunnelScene.Write(scene.Client, "ping");
        scene.TurnUntil(() => scene.Client.IsReset || scene.Client.HasEnded || scene.Client.Deliverable == 3);
        scene.TurnUntilQuiet();

        Assert.False(scene.Client.IsReset);
        Assert.Equal("bye", TunnelScene.Take(scene.Client));
        scene.Client.End();
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void A_drain_lets_a_tunnel_go_on()
    {
        using var scene = new TunnelScene(8, _buffers);
        scene.Open();
        scene.Drain();
        TunnelScene.Write(scene.Client, "still");
        scene.TurnUntil(() => scene.Origin.Deliverable == 5);
        _ = TunnelScene.Take(scene.Origin);
        scene.Abort();
        scene.TurnUntil(() => scene.Client.IsReset && scene.Origin.IsReset);
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void The_connection_of_a_tunnel_is_not_one_of_those_that_requests_wait_for()
    {
        using var scene = new TunnelScene(9, _buffers);
        scene.Open();

        // The origin may have one connection for requests, and the tunnel isn't it.
        var request = scene.StartAnother();
        scene.TurnUntil(() => scene.Opened == 2);
        request.Cancel();
        scene.Abort();
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void Bytes_of_tunnels_are_counted_both_ways()
    {
        using var scene = new TunnelScene(10, _buffers);
        scene.Open();
        var counters = scene.Services.Exchanges.Counters;
        TunnelScene.Write(scene.Client, "12345");
        TunnelScene.Write(scene.Origin, "123");
        scene.TurnUntil(() => scene.Client.Deliverable == 3 && scene.Origin.Deliverable == 5);
        scene.TurnUntilQuiet();

        Assert.Equal((1, 1), (counters.TunnelsOpen, counters.TunnelsOpened));
        Assert.Equal((5, 3), (counters.TunnelBytesReceived, counters.TunnelBytesSent));
        Assert.All(Enum.GetValues<TunnelRefusal>(), refusal => Assert.Equal(0, counters.TunnelsRefused(refusal)));
        _ = TunnelScene.Take(scene.Client) + TunnelScene.Take(scene.Origin);
        End(scene);
    }

    /// <summary>Both ends end, and nothing is left.</summary>
    private static void End(TunnelScene scene)
    {
        scene.Client.End();
        scene.Origin.End();
        scene.CheckNothingIsLeft();
    }
}
