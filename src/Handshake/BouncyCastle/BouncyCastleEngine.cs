using TlsProxy.Handshake.Engines;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>BouncyCastle.Cryptography as the engine of handshakes. Its protocol is managed code; keys, signatures, key agreement and
/// hashes are libcrypto's.</summary>
internal sealed class BouncyCastleEngine : IHandshakeEngine
{
    private BouncyCastleEngine()
    {
    }

    public static BouncyCastleEngine Instance { get; } = new();

    public EngineSetup PrepareServer(ServerTerms terms) => new ServerSetup(terms);

    public IEngineHandshake CreateHandshake() => new BouncyCastleHandshake();
}
