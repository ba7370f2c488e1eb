using TlsProxy.Handshake.Keys;
using TlsProxy.Uring;

namespace TlsProxy.Ktls;

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
