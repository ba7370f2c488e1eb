using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Tests.Channel;

namespace TlsProxy.Ktls.Tests.Kernel;

/// <summary>The kernel takes over in front of a response, after others were sent in user space.</summary>
[Trait("Kernel", "tls")]
public sealed class LateHandOverTests
{
    private const int Least = 100_000;
    private const int Before = 3;

    private static readonly byte[] s_update = [24, 0, 0, 1, 0];
    private static readonly byte[] s_updateRequested = [24, 0, 0, 1, 1];
    private static readonly byte[] s_large = RandomNumberGenerator.GetBytes(3 * Least);

    public LateHandOverTests() => RunningKernel.SkipWithoutTls();

    public static IEnumerable<TheoryDataRow<CipherSuite, KtlsMode>> Cells() =>
        from CipherSuite suite in TestKeys.EachLayout.Select(row => row.Data)
        from mode in new[] { KtlsMode.Transmit, KtlsMode.Both }
        select new TheoryDataRow<CipherSuite, KtlsMode>(suite, mode);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Responses_before_and_behind_it_arrive(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        connection.Start();
        for (var i = 0; i < Before; i++)
            Exchange(connection, [(byte)i]);
        Assert.Equal("none:deferred", connection.Do(() => connection.Channel.Verdict.Text));

        Exchange(connection, s_large);
        Exchange(connection, "small"u8.ToArray());
        Exchange(connection, s_large);

        CheckVerdict(connection, mode);
        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_record_cut_by_it_is_read(CipherSuite suite, KtlsMode mode)
    {
        // Within its header, and within its content.
        foreach (var cut in new[] { 3, 15 })
        {
            using var connection = Open(suite, mode);
            connection.Start();
            var next = connection.Peer.SealData("pipelined");
            connection.Run(() => connection.SendFromPeer(next[..cut]));
            connection.FinishTurns();

            Respond(connection, s_large);
            connection.Peer.Socket.Send(next.AsSpan(cut));

            Assert.Equal(s_large, connection.Peer.ReadData(s_large.Length).Content);
            ReceiveAmongSent(connection, "pipelined");
            Exchange(connection, s_large);
            CheckVerdict(connection, mode);
            connection.CloseAndCheck();
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Requests_pipelined_in_one_segment_are_read_though_the_first_is_answered_by_the_kernel(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        var memory = connection.Pool.TryRent(s_large.Length)!;
        s_large.CopyTo(memory.Memory.Span);
        connection.Owner.Receiving = bytes =>
        {
            if (!bytes.SequenceEqual("first"u8.ToArray()))
                return;
            connection.Channel.BeginResponse(s_large.Length);
            connection.Channel.Send([memory.Memory.Slice(0, s_large.Length)]);
        };
        connection.Start();

        connection.Peer.Socket.Send(connection.Peer.SealData("first", "second", "third"));

        Assert.Equal(s_large, connection.Peer.ReadData(s_large.Length).Content);
        ReceiveAmongSent(connection, "firstsecondthird");
        Exchange(connection, s_large);
        CheckVerdict(connection, mode);
        memory.Release();
        connection.CloseAndCheck();
    }

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit)]
    [InlineData(CipherSuite.Aes256GcmSha384, KtlsMode.Both)]
    [InlineData(CipherSuite.ChaCha20Poly1305Sha256, KtlsMode.Both)]
    public void Keys_changed_before_it_are_the_kernels(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        connection.Start();
        for (var i = 0; i < Before; i++)
        {
            Exchange(connection, [(byte)i]);
            connection.Peer.Send(ContentType.Handshake, s_updateRequested);
            connection.Peer.UpdateSealing();
            var (type, content) = connection.Peer.Read();
            Assert.Equal((ContentType.Handshake, true), (type, content.SequenceEqual(s_update)));
            connection.Peer.UpdateOpening();
        }

        Exchange(connection, s_large);
        Exchange(connection, s_large);

        CheckVerdict(connection, mode);
        connection.CloseAndCheck();
    }

    private static TestConnection Open(CipherSuite suite, KtlsMode mode) => new(
        suite, new ChannelOptions { Offload = new OffloadPolicy { Mode = mode, IsRequired = true, ResponseBytesLeast = Least } });

    private static void Respond(TestConnection connection, byte[] content)
    {
        connection.Run(() => connection.Channel.BeginResponse(content.Length));
        connection.Send(content);
    }

    /// <summary>A request, and its response.</summary>
    private static void Exchange(TestConnection connection, byte[] response)
    {
        connection.Peer.Send(ContentType.ApplicationData, "request"u8);
        Assert.Equal("request"u8, connection.Owner.Receive(7));
        Respond(connection, response);
        Assert.Equal(response, connection.Peer.ReadData(response.Length).Content);
        connection.Owner.Expect(ChannelEventKind.Sent);
    }

    /// <summary>What the owner is told before and after the end of one send.</summary>
    private static void ReceiveAmongSent(TestConnection connection, string text)
    {
        var received = new List<byte>();
        for (var sent = 0; sent == 0 || received.Count < text.Length;)
        {
            var next = connection.Owner.Next();
            Assert.Contains(next.Kind, (ChannelEventKind[])[ChannelEventKind.Sent, ChannelEventKind.Received]);
            sent += next.Kind == ChannelEventKind.Sent ? 1 : 0;
            received.AddRange(next.Bytes);
        }

        Assert.Equal(text, System.Text.Encoding.ASCII.GetString([.. received]));
    }

    private static void CheckVerdict(TestConnection connection, KtlsMode mode)
    {
        connection.FinishTurns();
        Assert.Equal(mode == KtlsMode.Both ? "tx+rx" : "tx", connection.Do(() => connection.Channel.Verdict.Text));
        Assert.Equal(0, connection.Counters.UserSpace);
    }
}
