using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace TlsProxy.Bench.Micro.Engines;

/// <summary>A client of BouncyCastle that has X25519MLKEM768 alone, whatever OpenSSL is there.</summary>
internal sealed class PostQuantumClient : IBenchClient
{
    private readonly TlsClientProtocol _protocol = new();

    public PostQuantumClient() => _protocol.Connect(new Wishes());

    public byte[] Advance(ReadOnlySpan<byte> received)
    {
        if (!received.IsEmpty)
            _protocol.OfferInput(received.ToArray());
        var output = new byte[_protocol.GetAvailableOutputBytes()];
        _protocol.ReadOutput(output, 0, output.Length);
        return output;
    }

    // It holds nothing but managed memory.
    public void Dispose()
    {
    }

    private sealed class Wishes() : DefaultTlsClient(new BcTlsCrypto())
    {
        public override TlsAuthentication GetAuthentication() => new Trusting();

        protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.TLSv13.Only();

        protected override IList<int> GetSupportedGroups(IList<int> namedGroupRoles) => [NamedGroup.X25519MLKEM768];
    }

    /// <summary>The server is this process.</summary>
    private sealed class Trusting : TlsAuthentication
    {
        public TlsCredentials? GetClientCredentials(CertificateRequest certificateRequest) => null;

        public void NotifyServerCertificate(TlsServerCertificate serverCertificate)
        {
        }
    }
}
