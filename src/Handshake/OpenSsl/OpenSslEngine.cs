using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.OpenSsl.Interop;

namespace TlsProxy.Handshake.OpenSsl;

/// <summary>libssl as the engine of handshakes.</summary>
internal sealed class OpenSslEngine : IHandshakeEngine
{
    private OpenSslEngine()
    {
    }

    public static OpenSslEngine Instance { get; } = new();

    public EngineSetup PrepareServer(ServerTerms terms) => new TlsContextSet(terms);

    public IEngineHandshake CreateHandshake() => new SslConnection();
}
