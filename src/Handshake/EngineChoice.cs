using TlsProxy.Handshake.BouncyCastle;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.OpenSsl;
using TlsProxy.Handshake.Policy;

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
    public static EngineChoice Make(TlsEngine? wanted) => Make(wanted, ReadGrounds());

    internal static EngineChoice Make(TlsEngine? wanted, EngineGrounds grounds)
    {
        if (wanted == TlsEngine.BouncyCastle && grounds.IsFips)
        {
            throw new TlsConfigurationException(
                "FIPS mode is on, and BouncyCastle.Cryptography is not validated for it: use openssl, or auto, which takes it.");
        }

        return wanted is { } named ? new EngineChoice(named, "It was named.") : Make(grounds);
    }

    /// <summary>What this machine has.</summary>
    internal static EngineGrounds ReadGrounds() => new(
        FipsMode.IsOn, TlsPolicy.Groups.Contains(NamedGroup.Curve25519MlKem768), OpenSslLibrary.Groups.Contains("X25519MLKEM768"));

    private static EngineChoice Make(EngineGrounds grounds) => grounds switch
    {
        { IsFips: true } => new(TlsEngine.OpenSsl, "FIPS mode is on."),
        { WantsHybrid: false } => new(TlsEngine.OpenSsl, "X25519MLKEM768 is not among the groups."),
        { HasHybrid: true } => new(TlsEngine.OpenSsl, "It has X25519MLKEM768."),
        _ => new(TlsEngine.BouncyCastle, $"It has X25519MLKEM768, which {OpenSslLibrary.VersionText} lacks."),
    };

    /// <summary>What runs the handshakes with origins, whichever engine serves clients.</summary>
    internal static IClientEngine OfClients => OpenSslEngine.Instance;

    internal static IHandshakeEngine Of(TlsEngine engine) =>
        engine == TlsEngine.OpenSsl ? OpenSslEngine.Instance : BouncyCastleEngine.Instance;
}
