using TlsProxy.Handshake.BouncyCastle;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.OpenSsl;

namespace TlsProxy.Handshake;

/// <summary>Which engine runs the handshakes, and why.</summary>
/// <param name="Reason">In one sentence.</param>
public sealed record EngineChoice(TlsEngine Engine, string Reason)
{
    /// <summary>The library in words, with its version.</summary>
    public string Library => LibraryOf(Engine);

    /// <summary>As options and reports call it.</summary>
    public string Name => NameOf(Engine);

    /// <summary>The groups for the key exchange, best first.</summary>
    public IReadOnlyList<string> Groups => Engine == TlsEngine.OpenSsl ? OpenSslLibrary.Groups : OpenSslNames.Groups;

    /// <summary>As options and reports call an engine.</summary>
    public static string NameOf(TlsEngine engine) => engine == TlsEngine.OpenSsl ? "openssl" : "bouncycastle";

    /// <summary>The library of an engine in words, with its version.</summary>
    public static string LibraryOf(TlsEngine engine) => engine == TlsEngine.OpenSsl
        ? OpenSslLibrary.VersionText
        : $"BouncyCastle {BouncyCastleLibrary.Version} over {OpenSslLibrary.VersionText}";

    /// <summary>Chooses; after <see cref="OpenSslLibrary.Use"/>.</summary>
    /// <param name="wanted">By name, or null for the better one of this machine.</param>
    /// <exception cref="TlsConfigurationException">The engine may not run here.</exception>
    public static EngineChoice Make(TlsEngine? wanted) => Make(wanted, FipsMode.IsOn);

    internal static EngineChoice Make(TlsEngine? wanted, bool isFips)
    {
        if (wanted == TlsEngine.BouncyCastle && isFips)
        {
            throw new TlsConfigurationException(
                "FIPS mode is on, and BouncyCastle.Cryptography is not validated for it: use openssl, or auto, which takes it.");
        }

        return wanted is { } named
            ? new EngineChoice(named, "It was named.")
            : new EngineChoice(TlsEngine.OpenSsl, isFips ? "FIPS mode is on." : "It is the default.");
    }

    internal static IHandshakeEngine Of(TlsEngine engine) =>
        engine == TlsEngine.OpenSsl ? OpenSslEngine.Instance : BouncyCastleEngine.Instance;
}
