using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.Tests.BouncyCastle;

/// <summary>X25519MLKEM768, whatever OpenSSL is on the machine.</summary>
public sealed class HybridGroupTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public void A_client_with_the_hybrid_group_shakes_hands_by_it()
    {
        var options = TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath) with { Engine = TlsEngine.BouncyCastle };
        using var context = TlsContext.Create(options);
        using var server = new ServerHandshake(context);
        var client = new HybridClient();
        var protocol = new Tls.TlsClientProtocol();
        protocol.Connect(client);

        while (protocol.GetAvailableOutputBytes() is > 0 and var count)
        {
            var flight = new byte[count];
            protocol.ReadOutput(flight, 0, count);
            server.Offer(flight);
            protocol.OfferInput(server.Output.ToArray());
            server.ClearOutput();
        }

        Assert.Equal((HandshakeStatus.Done, string.Empty), (server.Status, server.FailureReason));
        Assert.Equal("X25519MLKEM768", server.Facts.Group);
        Assert.True(client.IsComplete);
    }

    private sealed class HybridClient() : Tls.DefaultTlsClient(new BcTlsCrypto())
    {
        public bool IsComplete { get; private set; }

        public override Tls.TlsAuthentication GetAuthentication() => new Trusting();

        public override void NotifyHandshakeComplete() => IsComplete = true;

        protected override Tls.ProtocolVersion[] GetSupportedVersions() => Tls.ProtocolVersion.TLSv13.Only();

        protected override IList<int> GetSupportedGroups(IList<int> namedGroupRoles) => [Tls.NamedGroup.X25519MLKEM768];
    }

    /// <summary>Who the server is isn't what is tested.</summary>
    private sealed class Trusting : Tls.TlsAuthentication
    {
        public Tls.TlsCredentials? GetClientCredentials(Tls.CertificateRequest certificateRequest) => null;

        public void NotifyServerCertificate(Tls.TlsServerCertificate serverCertificate)
        {
        }
    }
}
