using System.Text;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;
using TlsProxy.Ktls.Tests.Kernel;
using TlsProxy.Testing.Interop;
using Xunit.Sdk;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>The keys of a handshake go on at the right records, in user space and in the kernel, however much has come behind Finished and
/// wherever the segment was cut: requests open, and no record has a nonce that another has.</summary>
public sealed class HandshakeKeysTests(TwoCertificates certificates) : IClassFixture<TwoCertificates>
{
    private const int Answers = 3;
    private const int RoundsMaximum = 10;
    private const int WholeFinished = 64;

    private static readonly int[] s_requests = [0, 1, 10];
    private static readonly int[] s_held = [0, 1, 10, 40, 60];

    public static IEnumerable<TheoryDataRow<TlsEngine, CipherSuite, KtlsMode>> Cells() =>
        from engine in Enum.GetValues<TlsEngine>()
        from suite in Enum.GetValues<CipherSuite>()
        from mode in (KtlsMode[])[KtlsMode.Off, KtlsMode.Transmit, KtlsMode.Both]
        let row = new TheoryDataRow<TlsEngine, CipherSuite, KtlsMode>(engine, suite, mode)
        select mode == KtlsMode.Off ? row : row.WithTrait("Kernel", "tls");

    [Theory]
    [MemberData(nameof(Cells))]
    public void Records_behind_a_handshake_open_and_repeat_no_nonce(TlsEngine engine, CipherSuite suite, KtlsMode mode)
    {
        if (mode != KtlsMode.Off)
            RunningKernel.SkipWithoutTls();
        using var context = certificates.CreateContext(engine, suite);
        using var session = Talk(context, suite, mode, 0, 0, null);
        foreach (var requests in s_requests)
        {
            foreach (var held in s_held)
            {
                Talk(context, suite, mode, requests, held, null).Dispose();
                Talk(context, suite, mode, requests, held, session).Dispose();
            }
        }
    }

    [Fact]
    public void A_nonce_that_comes_again_is_found()
    {
        const CipherSuite suite = CipherSuite.EcdheEcdsaAes128Gcm;
        using var keys = TrafficKeys.FromKeyBlock(suite, new byte[16], new byte[4], 0);
        using var sealer = new RecordSealer(TlsVersion.Tls12, suite, keys);
        var records = new ServerRecords(suite);
        Send("first");
        Send("second");
        using var whole = TrafficKeys.FromKeyBlock(suite, keys.Key, new byte[4], 0);
        records.CheckNonces(whole);

        keys.ExplicitNonce--;
        Send("third");

        using var repeated = TrafficKeys.FromKeyBlock(suite, keys.Key, new byte[4], 0);
        Assert.ThrowsAny<XunitException>(() => records.CheckNonces(repeated));

        void Send(string text)
        {
            var record = new byte[text.Length + sealer.Format.Overhead];
            records.Add(record[..sealer.Seal(ContentType.ApplicationData, Encoding.ASCII.GetBytes(text), record)]);
        }
    }

    /// <param name="requests">Written as soon as the client may.</param>
    /// <param name="held">Bytes of the client's last segment that come later.</param>
    private static ClientSession Talk(TlsContext context, CipherSuite suite, KtlsMode mode, int requests, int held, ClientSession? session)
    {
        using var client = new CutClient(suite, WholeFinished, session);
        using var server = new ServerHandshake(context);
        var records = new ServerRecords(suite);
        byte[]? late = null;
        for (var round = 0; late is null || server.Status != HandshakeStatus.Done; round++)
        {
            Assert.True(round < RoundsMaximum, $"the handshake doesn't end: {server.Status} {server.FailureReason}");
            var flight = client.ShakeHands(records.Take(server));
            if (client.IsEstablished && late is null)
            {
                flight = [.. flight, .. Enumerable.Range(0, requests).SelectMany(number => client.Write(Request(number)))];
                late = flight[^Math.Min(held, flight.Length)..];
                flight = flight[..^late.Length];
            }

            // What was held back may belong to the handshake itself.
            if (server.Offer(flight) == HandshakeStatus.NeedMore && late is { Length: > 0 })
            {
                server.Offer(late);
                late = [];
            }
        }

        client.ShakeHands(records.Take(server));
        Assert.Equal((session is not null, session is not null), (client.WasResumed, server.Facts.Resumed));
        using var connection = new TestConnection(
            suite, new ChannelOptions { Offload = new OffloadPolicy { Mode = mode, IsRequired = mode != KtlsMode.Off } });
        connection.Start(server.Keys, server.Leftover.ToArray());
        if (late.Length > 0)
            connection.Peer.Socket.Send(late);
        var wanted = Enumerable.Range(0, requests).SelectMany(number => Encoding.ASCII.GetBytes(Request(number))).ToArray();
        Assert.Equal(wanted, connection.Owner.Receive(wanted.Length));
        for (var answer = 0; answer < Answers; answer++)
        {
            connection.SendAll([(byte)('0' + answer)]);
            var record = connection.Peer.ReadSealed();
            records.Add(record);
            Assert.Equal($"{answer}", client.Read(record));
        }

        using var keys = client.ServerKeys();
        records.CheckNonces(keys);
        return client.TakeSession();
    }

    private static string Request(int number) => $"request {number}";
}
