using TlsProxy.Handshake.Keys;
using TlsProxy.Uring;

namespace TlsProxy.Ktls;

/// <summary>What the kernel can do for one version and cipher.</summary>
/// <param name="Transmit">None if records that the kernel has encrypted decrypt correctly; otherwise the error.</param>
/// <param name="Receive">None when it opens records; else why not.</param>
public sealed record KtlsSupport(TlsVersion Version, Aead Aead, Errno Transmit, Errno Receive)
{
    /// <summary>For people, such as <c>TLS 1.3 Aes128Gcm</c>.</summary>
    public string Name => $"TLS {(Version == TlsVersion.Tls13 ? "1.3" : "1.2")} {Aead}";

    /// <summary>Why the directions of a mode can't be handed over, or None.</summary>
    public Errno Refusal(KtlsMode mode) => mode switch
    {
        KtlsMode.Off => Errno.None,
        KtlsMode.Both when Transmit == Errno.None => Receive,
        _ => Transmit,
    };
}
