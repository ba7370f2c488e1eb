using TlsProxy.Handshake.Keys;
using TlsProxy.Uring;

namespace TlsProxy.Ktls;

/// <summary>What the kernel can do for one version and cipher.</summary>
/// <param name="Transmit">None when it makes records that open; else why not.</param>
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

/// <summary>What a probe found out about the kernel's TLS.</summary>
/// <param name="Module">None when sockets take the TLS upper-layer protocol; else the kernel's answer.</param>
/// <param name="Cells">Each version and cipher.</param>
public sealed record KtlsReport(Errno Module, IReadOnlyList<KtlsSupport> Cells)
{
    /// <summary>The first cell that can't be handed over so, or None.</summary>
    public Errno FirstRefusal(KtlsMode mode)
    {
        foreach (var cell in Cells)
        {
            if (cell.Refusal(mode) is var refusal and not Errno.None)
                return refusal;
        }

        return Errno.None;
    }

    /// <summary>Why the kernel can't make such records, or None when it can.</summary>
    public KtlsReason ReasonAgainst(TlsVersion version, Aead aead)
    {
        if (Module != Errno.None)
            return KtlsReason.NoModule;
        var knowsVersion = false;
        foreach (var cell in Cells)
        {
            if (cell.Version != version || cell.Transmit != Errno.None)
                continue;
            if (cell.Aead == aead)
                return KtlsReason.None;
            knowsVersion = true;
        }

        return knowsVersion ? KtlsReason.Cipher : KtlsReason.Version;
    }
}
