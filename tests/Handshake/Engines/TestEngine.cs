using System.Security.Cryptography.X509Certificates;
using System.Text;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>An engine of both roles without any cryptography: the client sends a hello, the server its answer, the client a Finished, the
/// server a ticket. Keys are a hash of the two hellos.</summary>
internal sealed class TestEngine : IClientEngine
{
    public EngineSetup PrepareServer(ServerTerms terms) => new Setup(HandshakeRole.Server, terms.Options.Protocols)
    {
        Certificate = terms.Groups[0].Certificates[0].Handle.Encode(0),
    };

    public EngineSetup PrepareClient(ClientTerms terms)
    {
        using var trusted = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(terms.Authorities!.Pem.Span));
        return new Setup(HandshakeRole.Client, terms.Protocols) { Trusted = trusted.RawData };
    }

    /// <summary>What handshakes can't begin for; null where they can.</summary>
    public Exception? StartFault { get; set; }

    public IEngineHandshake CreateHandshake() => new TestEngineHandshake(() => StartFault);

    public IClientHandshake CreateClientHandshake() => new TestEngineHandshake(() => StartFault);

    internal sealed class Setup : EngineSetup
    {
        public Setup(HandshakeRole role, IReadOnlyList<string> protocols)
            : this(role, new ApplicationProtocols(protocols))
        {
        }

        public Setup(HandshakeRole role, ApplicationProtocols protocols)
            : base(role) => Protocols = protocols;

        public ApplicationProtocols Protocols { get; }

        public byte[] Certificate { get; init; } = [];

        public byte[] Trusted { get; init; } = [];

        public bool IsFreed { get; private set; }

        protected override void Free() => IsFreed = true;
    }

    internal sealed class Session(byte[] ticket) : EngineSession
    {
        public byte[] Ticket { get; } = ticket;

        public override DateTimeOffset Expiry => DateTimeOffset.MaxValue;

        public override EngineSession? TryCopy() => null;

        public override void Dispose() => IsDisposed = true;

        public bool IsDisposed { get; private set; }
    }
}
