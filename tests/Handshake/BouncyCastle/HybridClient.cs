using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.Tests.BouncyCastle;

/// <summary>A client of the package with X25519MLKEM768 alone, whatever OpenSSL is on the machine.</summary>
internal sealed class HybridClient
{
    private readonly Tls.TlsClientProtocol _protocol = new();
    private readonly Wishes _wishes = new();

    public HybridClient() => _protocol.Connect(_wishes);

    /// <summary>The handshake has ended on this side.</summary>
    public bool IsComplete => _wishes.IsComplete;

    /// <summary>Takes what the server has sent and goes on.</summary>
    /// <returns>Bytes for the server.</returns>
    public byte[] Advance(ReadOnlySpan<byte> received)
    {
        if (!received.IsEmpty)
            _protocol.OfferInput(received.ToArray());
        var flight = new byte[_protocol.GetAvailableOutputBytes()];
        _protocol.ReadOutput(flight, 0, flight.Length);
        return flight;
    }

    private sealed class Wishes() : Tls.DefaultTlsClient(new BcTlsCrypto())
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
