using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Tunnels;

/// <summary>Offers to switch that open no tunnel: what the client is told, and that nothing behind them reaches the origin as it is.
/// </summary>
public sealed class RefusedUpgradeTests : IDisposable
{
    private const string Hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\nX-Mark: behind\r\n\r\n";

    private readonly SegmentPool _buffers = new();

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void A_request_behind_an_offer_that_the_origin_refuses_is_the_clients_next()
    {
        using var scene = new TunnelScene(1, _buffers);
        scene.Ask(TunnelScene.Offer + Hidden);
        scene.TurnUntilQuiet();
        Assert.Equal(0, scene.Origin.Deliverable);
        TunnelScene.Write(scene.Origin, "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\nCache-Control: max-age=60\r\n\r\nno");
        var answer = scene.ReadHead(() => scene.Client);
        scene.TurnUntil(() => scene.Client.Deliverable == 2);
        Assert.StartsWith("HTTP/1.1 426 ", answer, StringComparison.Ordinal);
        Assert.Contains("fwd=request", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("stored", answer, StringComparison.Ordinal);
        Assert.Equal("no", TunnelScene.Take(scene.Client));

        // As the proxy forwards a request: with Via, and on its own turn.
        var next = scene.ReadHead(() => scene.Origin);
        Assert.StartsWith("GET /hidden HTTP/1.1\r\n", next, StringComparison.Ordinal);
        Assert.Contains("\r\nVia: 1.1 tlsproxy\r\n", next, StringComparison.Ordinal);
        TunnelScene.Write(scene.Origin, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", scene.ReadHead(() => scene.Client), StringComparison.Ordinal);
        Assert.Equal(1, scene.Services.Exchanges.Counters.TunnelsRefused(TunnelRefusal.Origin));
        scene.Client.End();
        scene.CheckNothingIsLeft();
    }

    [Theory]
    [InlineData("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Accept: AAAALMBiTxaQ9kYGzzhZRbK+xOo=")]
    [InlineData("Upgrade: WebSocket", "Upgrade: h2c")]
    public void A_switch_that_was_not_asked_for_so_is_a_bad_answer(string right, string wrong)
    {
        using var scene = new TunnelScene(2, _buffers);
        scene.Ask(TunnelScene.Offer);
        TunnelScene.Write(scene.Origin, TunnelScene.Acceptance.Replace(right, wrong, StringComparison.Ordinal) + "bytes of a tunnel");
        Assert.StartsWith("HTTP/1.1 502 ", scene.ReadHead(() => scene.Client), StringComparison.Ordinal);
        scene.TurnUntil(() => scene.Origin.IsClosed);
        _ = TunnelScene.Take(scene.Client);
        scene.Client.End();
        scene.CheckNothingIsLeft();
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12", "400", "\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("ZQ==\r\n", "\r\n", "400", "")]
    [InlineData("\r\n\r\n", "\r\nContent-Length: 3\r\n\r\nabc", "400", "")]
    [InlineData("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400", "")]
    public void An_offer_that_no_origin_may_accept_is_refused_and_ends_the_connection(
        string part, string other, string status, string field)
    {
        using var scene = new TunnelScene(3, _buffers);
        Check(scene, TunnelScene.Offer.Replace(part, other, StringComparison.Ordinal) + Hidden, status, field);
        Assert.Equal(1, scene.Services.Exchanges.Counters.TunnelsRefused(TunnelRefusal.Handshake));
    }

    [Fact]
    public void An_offer_is_refused_where_none_is_allowed()
    {
        using var scene = new TunnelScene(4, _buffers, tunnels: new TunnelOptions { AllowsWebSocket = false });
        Check(scene, TunnelScene.Offer, "403", string.Empty);
        Assert.Equal(1, scene.Services.Exchanges.Counters.TunnelsRefused(TunnelRefusal.Forbidden));
    }

    [Fact]
    public void An_offer_is_refused_for_a_while_where_as_many_tunnels_are_open_as_may_be()
    {
        var limit = new TunnelLimit(1);
        Assert.True(limit.TryTake());
        using var scene = new TunnelScene(5, _buffers, limit: limit);
        Check(scene, TunnelScene.Offer, "503", "\r\nRetry-After: ");
        Assert.Equal(1, scene.Services.Exchanges.Counters.TunnelsRefused(TunnelRefusal.Full));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData(TunnelScene.Acceptance)]
    public void The_place_of_a_tunnel_is_free_again_whatever_the_origin_answers(string answer)
    {
        var limit = new TunnelLimit(1);
        using var scene = new TunnelScene(6, _buffers, limit: limit);
        scene.Ask();
        Assert.False(limit.TryTake());
        TunnelScene.Write(scene.Origin, answer);
        scene.ReadHead(() => scene.Client);
        scene.Client.Reset();
        scene.CheckNothingIsLeft();
        Assert.True(limit.TryTake());
    }

    [Theory]
    [InlineData("Upgrade: websocket", "Upgrade: h2c")]
    [InlineData("Connection: keep-alive, Upgrade", "Connection: keep-alive")]
    [InlineData("Sec-WebSocket-Key", "X-Key")]
    public void Any_other_upgrade_is_left_out_of_an_ordinary_request(string part, string other)
    {
        using var scene = new TunnelScene(7, _buffers);
        var request = scene.Ask(TunnelScene.Offer.Replace(part, other, StringComparison.Ordinal));
        Assert.DoesNotContain("\r\nUpgrade:", request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\r\nConnection:", request, StringComparison.OrdinalIgnoreCase);
        TunnelScene.Write(scene.Origin, TunnelScene.Acceptance);
        Assert.StartsWith("HTTP/1.1 502 ", scene.ReadHead(() => scene.Client), StringComparison.Ordinal);
        scene.Client.Reset();
        scene.CheckNothingIsLeft();
    }

    /// <summary>The client gets the refusal and then the end; the origin sees nothing.</summary>
    private static void Check(TunnelScene scene, string request, string status, string field)
    {
        TunnelScene.Write(scene.Client, request);
        var answer = scene.ReadHead(() => scene.Client);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains(field, answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        TakeRest(scene.Client);
        scene.TurnUntil(() => scene.Client.HasEnded);
        Assert.Equal(0, scene.Opened);
        scene.Client.End();
        scene.CheckNothingIsLeft();
    }

    private static void TakeRest(FakeSocket client) => Assert.NotEmpty(TunnelScene.Take(client));
}
