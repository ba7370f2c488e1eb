using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.OpenSsl.Interop;

namespace TlsProxy.Handshake.OpenSsl;

/// <summary>libssl as the engine of handshakes, of both roles.</summary>
internal sealed class OpenSslEngine : IClientEngine
{
    private OpenSslEngine()
    {
    }

    public static OpenSslEngine Instance { get; } = new();

    public EngineSetup PrepareServer(ServerTerms terms) => new TlsContextSet(terms);

    public EngineSetup PrepareClient(ClientTerms terms) => new ClientSetup(terms);

    public IEngineHandshake CreateHandshake() => new SslServer();

    public IClientHandshake CreateClientHandshake() => new SslClient();
}
