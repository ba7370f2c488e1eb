using TlsProxy.Handshake.Keys;

namespace TlsProxy.Bench.Micro.Engines;

/// <summary>A handshake that is measured with each engine.</summary>
/// <param name="Group">The one group that the client has for the key exchange, in OpenSSL's words.</param>
/// <param name="IsRsa">Whether the server's key is RSA of 2,048 bits, not ECDSA of P-256.</param>
/// <param name="IsResumed">Whether the client brings a ticket.</param>
internal sealed record HandshakeKind(TlsVersion Version, string Group, bool IsRsa = false, bool IsResumed = false)
{
    /// <summary>The one that others are told beside: most clients make it.</summary>
    public static HandshakeKind Usual { get; } = new(TlsVersion.Tls13, "X25519");

    public static HandshakeKind PostQuantum { get; } = new(TlsVersion.Tls13, "X25519MLKEM768");

    public static IReadOnlyList<HandshakeKind> All { get; } =
    [
        Usual,
        new(TlsVersion.Tls13, "P-256"),
        new(TlsVersion.Tls13, "X25519", IsRsa: true),
        new(TlsVersion.Tls12, "X25519"),
        new(TlsVersion.Tls12, "X25519", IsRsa: true),
        new(TlsVersion.Tls13, "X25519", IsResumed: true),
        new(TlsVersion.Tls12, "X25519", IsResumed: true),
        PostQuantum,
    ];

    public string Name =>
        $"TLS {(Version == TlsVersion.Tls13 ? "1.3" : "1.2")}, {(IsRsa ? "RSA" : "ECDSA")}, {Group}"
        + (IsResumed ? ", resumed" : string.Empty);

    /// <summary>The group as the IANA registry names it.</summary>
    public string RegisteredGroup => Group == "P-256" ? "secp256r1" : Group;
}
