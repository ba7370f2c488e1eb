using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Tests.Kernel;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A client may cut its Finished over records (RFC 5246, section 6.2.1; RFC 9846, section 5.1): the sequence numbers behind it
/// are counted.</summary>
public sealed class CutFinishedTests : IDisposable
{
    // Finished of TLS 1.2 has 16 bytes, of TLS 1.3 36 or 52.
    private const int LengthMaximum = 16;

    private readonly TestFolder _folder = new();
    private readonly TlsServerOptions _options;

    public CutFinishedTests()
    {
        using var authority = TestAuthority.CreateRoot();
        authority.Issue(["localhost"]).Save(_folder["chain.pem"], _folder["key.pem"]);
        var files = new CertificateFiles(CertificateFiles.Default, _folder["chain.pem"], _folder["key.pem"]);
        _options = new TlsServerOptions { Certificates = [files] };
    }

    public static IEnumerable<TheoryDataRow<TlsEngine, CipherSuite, KtlsMode>> Cells()
    {
        CipherSuite[] suites =
        [
            CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256,
            CipherSuite.EcdheEcdsaAes128Gcm, CipherSuite.EcdheEcdsaAes256Gcm, CipherSuite.EcdheEcdsaChaCha20,
        ];
        foreach (var engine in Enum.GetValues<TlsEngine>())
        {
            foreach (var suite in suites)
            {
                yield return new(engine, suite, KtlsMode.Off);
                foreach (var mode in new[] { KtlsMode.Transmit, KtlsMode.Both })
                    yield return new TheoryDataRow<TlsEngine, CipherSuite, KtlsMode>(engine, suite, mode).WithTrait("Kernel", "tls");
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cells))]
    public void Data_behind_a_Finished_cut_over_records_are_read(TlsEngine engine, CipherSuite suite, KtlsMode mode)
    {
        if (mode != KtlsMode.Off)
            RunningKernel.SkipWithoutTls();
        using var context = TlsContext.Create(_options with { Engine = engine });
        for (var length = 1; length <= LengthMaximum; length++)
        {
            using var session = Talk(context, suite, mode, length, null);
            Talk(context, suite, mode, length, session).Dispose();
        }
    }

    private ClientSession Talk(TlsContext context, CipherSuite suite, KtlsMode mode, int length, ClientSession? session)
    {
        using var client = new CutClient(suite, length, session);
        using var server = new ServerHandshake(context);
        var early = Array.Empty<byte>();
        while (server.Status == HandshakeStatus.NeedMore)
        {
            var flight = client.ShakeHands(Take(server));
            // Where the client may speak behind its Finished, the request is in one segment with it.
            early = client.IsEstablished ? client.Write("first") : [];
            server.Offer([.. flight, .. early]);
        }

        Assert.Equal(HandshakeStatus.Done, server.Status);
        client.ShakeHands(Take(server));
        Assert.Equal((true, session is not null), (client.IsEstablished, client.WasResumed));
        using var connection = new TestConnection(
            suite, new ChannelOptions { Offload = new OffloadPolicy { Mode = mode, IsRequired = mode != KtlsMode.Off } });
        connection.Start(server.Keys, early.Length > 0 ? server.Leftover.ToArray() : client.Write("first"));
        Assert.Equal("first"u8, connection.Owner.Receive(5));
        connection.Peer.Socket.Send(client.Write("second"));
        Assert.Equal("second"u8, connection.Owner.Receive(6));

        connection.SendAll("answer"u8.ToArray());

        var received = new byte[256];
        Assert.Equal("answer", client.Read(received.AsSpan(0, connection.Peer.Socket.Receive(received))));
        return client.TakeSession();
    }

    private static byte[] Take(ServerHandshake server)
    {
        var output = server.Output.ToArray();
        server.ClearOutput();
        return output;
    }
}
