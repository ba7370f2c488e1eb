using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Costs;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Channel;

/// <summary>Decides whether the kernel or user space makes and opens the records of a connection: by what is asked for, what the kernel can
/// do, what its records cost, and what the connection is to send. Immutable, for all threads.</summary>
/// <remarks>It is asked at the end of the handshake; where it puts the decision off, again at the beginning of each response; and when the
/// kernel refuses. <see cref="HandOver"/> carries out what it says.</remarks>
public sealed record OffloadPolicy
{
    /// <summary>All records in user space.</summary>
    public static OffloadPolicy UserSpace { get; } = new();

    /// <summary>Which directions are handed to the kernel.</summary>
    public KtlsMode Mode { get; init; }

    /// <summary>What the kernel can do; where it can't, it isn't asked. With null it is always asked.</summary>
    public KtlsReport? Support { get; init; }

    /// <summary>Whether the kernel's records are the cheaper ones; where they aren't, it isn't asked. With null that doesn't
    /// matter.</summary>
    public RecordChoice? Choice { get; init; }

    /// <summary>A connection whose hand-over the kernel refuses is closed, unless the peer is the cause: it has ended its side already, or
    /// has asked for shorter records.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Bytes of content of a response in front of which a connection is handed over; 0 hands it over right after the handshake.
    /// </summary>
    public long ResponseBytesLeast { get; init; }

    /// <summary>Whether the kernel is to open the records that are received.</summary>
    public bool TakesReceive => Mode == KtlsMode.Both;

    /// <summary>What the kernel lacks of what is asked for: the first error that it answers some connections with, or None.</summary>
    public Errno Shortfall => Support switch
    {
        null => Errno.None,
        { Module: not Errno.None } => Support.Module,
        _ => Support.FirstRefusal(Mode),
    };

    /// <summary>Why a connection of such keys is never handed over; <see cref="KtlsReason.None"/> where it is, now or later.</summary>
    public KtlsReason ReasonAgainst(SessionKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (Mode == KtlsMode.Off)
            return KtlsReason.Off;
        if (keys.Requirements.LimitsPlaintext)
            return KtlsReason.FragmentLength;
        var aead = keys.Suite.Aead();
        var reason = Support?.ReasonAgainst(keys.Version, aead) ?? KtlsReason.None;
        return reason == KtlsReason.None && Choice is not null ? Choice.ReasonAgainst(aead) : reason;
    }

    /// <summary>Whether a connection of such keys is handed over right after its handshake.</summary>
    public bool TakesAtHandshakeEnd(SessionKeys keys) => ResponseBytesLeast == 0 && ReasonAgainst(keys) == KtlsReason.None;

    /// <summary>Whether a connection that may be handed over, and wasn't yet, is in front of a response.</summary>
    /// <param name="bytes">Of its content; null where they aren't known, which is no reason to hand over.</param>
    public bool TakesAtResponse(long? bytes) => bytes >= ResponseBytesLeast;

    /// <summary>Why a connection stays in user space whose sending keys the kernel has refused. A socket that isn't established is refused
    /// with ENOTCONN (net/tls of the kernel): that is the peer's doing, who may wait for an answer still.</summary>
    public static KtlsReason AtRefusal(Errno error) => error == Errno.ENOTCONN ? KtlsReason.PeerEnded : KtlsReason.Refused;

    /// <summary>Whether a connection that stays in user space for a reason is closed.</summary>
    public bool Closes(KtlsReason reason) =>
        IsRequired && reason is not (KtlsReason.None or KtlsReason.PeerEnded or KtlsReason.FragmentLength);
}
