using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>A connection that a fault ends is reset, so that its client can't take what it has for the whole: neither close_notify nor FIN
/// comes.</summary>
public sealed class FaultResetTests
{
    private static readonly string[] s_answer = ["ArrivingAnswer.TryReserve", "ArrivingAnswer.Commit"];

    public static TheoryData<string, bool, string> Throws()
    {
        var rows = new TheoryData<string, bool, string>();
        foreach (var kind in FaultedBackends.Names.Select(row => row.Data))
        {
            foreach (var isIntroduced in new[] { false, true })
            {
                var send = isIntroduced ? "RecordChannel.Send" : "RecordChannel.SendMessage";
                foreach (var point in (string[])["RecordChannel.ReceiveMultishot", send, .. s_answer, "FetchTicket.Run"])
                    rows.Add(kind, isIntroduced, point);
            }
        }

        return rows;
    }

    public static MatrixTheoryData<string, bool> KindsAndProtocols => new(FaultedBackends.Names.Select(row => row.Data), [false, true]);

    [Theory]
    [MemberData(nameof(Throws))]
    public async Task What_throws_resets_its_connection(string kind, bool isIntroduced, string point)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind));

        await CheckResetAsync(scene, isIntroduced, () => scene.Plan.Arm(1, point));
        Assert.Equal(point, scene.Plan.FaultedAt);
        await scene.CountedAsync(1);
        Assert.Equal(1, scene.Faults.Count);
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task A_send_without_buffers_resets_its_connection(string kind, bool isIntroduced)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind));

        var send = isIntroduced ? "RecordChannel.Send" : "RecordChannel.SendMessage";
        await CheckResetAsync(scene, isIntroduced, () => scene.Plan.Arm(1, send, FaultKind.NoBuffers));
        Assert.NotNull(scene.Plan.FaultedAt);
        Assert.Equal(0, scene.Faults.Count);
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task An_answer_without_a_segment_resets_its_connection(string kind, bool isIntroduced)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind));
        Assert.Equal(0, await FaultSweep.AskAsync(scene, isIntroduced));
        await scene.RestAsync();

        // From the cache: the answer's head has no segment.
        await CheckResetAsync(scene, isIntroduced, () => scene.Plan.Arm(1, "RecordChannel.ReceiveMultishot", FaultKind.NoSegment));
        Assert.NotNull(scene.Plan.FaultedAt);
        Assert.Equal(0, scene.Faults.Count);
    }

    /// <param name="arm">Arms the plan for what follows: a request on a connection that has been answered before.</param>
    private static async Task CheckResetAsync(FaultScene scene, bool isIntroduced, Action arm)
    {
        var end = TestContext.Current.CancellationToken;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(isIntroduced ? scene.Introduced : scene.Plain, end);
        await using var stream = await OpenAsync(socket, isIntroduced, end);
        await stream.WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), end);
        Assert.EndsWith("ok\n", await ReadAsync(stream, "ok\n", end), StringComparison.Ordinal);

        arm();
        var lost = await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await stream.WriteAsync("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), end);
            await ReadAsync(stream, "never", end);
        });

        var reset = Assert.IsType<SocketException>(lost.InnerException);
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await scene.RestAsync();
        scene.EndFault();
        Assert.Equal(0, await FaultSweep.AskAsync(scene, isIntroduced));
        await scene.RestAsync();
        await scene.CheckNothingIsLeftAsync("a reset");
    }

    private static async Task<Stream> OpenAsync(Socket socket, bool isIntroduced, CancellationToken end)
    {
        var wire = new NetworkStream(socket);
        if (!isIntroduced)
            return wire;
        await wire.WriteAsync("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"u8.ToArray(), end);
        var tls = new SslStream(wire);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        };
        await tls.AuthenticateAsClientAsync(options, end);
        return tls;
    }

    /// <summary>Reads up to a text, or to an orderly end.</summary>
    private static async Task<string> ReadAsync(Stream stream, string last, CancellationToken end)
    {
        var text = string.Empty;
        var buffer = new byte[4096];
        while (!text.EndsWith(last, StringComparison.Ordinal) && await stream.ReadAsync(buffer, end) is > 0 and var count)
            text += Encoding.Latin1.GetString(buffer, 0, count);
        return text;
    }
}
