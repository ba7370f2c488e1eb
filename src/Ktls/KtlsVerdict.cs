using TlsProxy.Uring;

namespace TlsProxy.Ktls;

/// <summary>What of a connection's records ended up in the kernel, and why no more.</summary>
/// <param name="Placed">The directions that the kernel has taken.</param>
/// <param name="Reason">Why it has taken none; <see cref="KtlsReason.None"/> where it has, or may still.</param>
/// <param name="Error">With <see cref="KtlsReason.Refused"/>: the kernel's answer.</param>
public readonly record struct KtlsVerdict(KtlsMode Placed, KtlsReason Reason, Errno Error)
{
    private static readonly string?[] _refusals = new string?[256];

    /// <summary>The verdict as logs name it: <c>tx+rx</c>, <c>tx</c>, or <c>none:</c> and the reason.</summary>
    public string Text => Placed switch
    {
        KtlsMode.Both => "tx+rx",
        KtlsMode.Transmit => "tx",
        _ => Reason switch
        {
            KtlsReason.None => "none:deferred",
            KtlsReason.Off => "none:off",
            KtlsReason.NoModule => "none:no_module",
            KtlsReason.Version => "none:version",
            KtlsReason.Cipher => "none:cipher",
            KtlsReason.PeerEnded => "none:peer_ended",
            KtlsReason.FragmentLength => "none:fragment_length",
            KtlsReason.Dearer => "none:dearer",
            KtlsReason.Unmeasured => "none:unmeasured",
            // A name is made once: asking an enumeration for it allocates.
            _ => _refusals[(int)Error & 0xFF] ??= $"none:{Error}",
        },
    };
}
