using TlsProxy.Handshake.Keys;

namespace TlsProxy.Ktls.Costs;

/// <summary>Who makes the records of which cipher, where the cheaper one is to. Immutable, for all threads.</summary>
/// <param name="Costs">Of each cipher that the kernel knows.</param>
/// <param name="ThresholdBytes">The size of response whose cost decides; 0 for the kernel whatever it costs.</param>
/// <param name="Took">How long measuring took.</param>
public sealed record RecordChoice(IReadOnlyList<SuiteCosts> Costs, long ThresholdBytes, TimeSpan Took)
{
    private readonly KtlsReason[] _reasons =
        [.. Enum.GetValues<Aead>().Select(aead => ThresholdBytes == 0
            ? KtlsReason.None
            : Judge(Costs.FirstOrDefault(costs => costs.Aead == aead)?.RatioAt(ThresholdBytes)))];

    /// <summary>Why the records of a cipher are made in user space: <see cref="KtlsReason.Dearer"/>,
    /// <see cref="KtlsReason.Unmeasured"/>, or <see cref="KtlsReason.None"/> where the kernel makes them.</summary>
    public KtlsReason ReasonAgainst(Aead aead) => _reasons[(int)aead];

    private static KtlsReason Judge(double? ratio) => ratio switch
    {
        null => KtlsReason.Unmeasured,
        < 1 => KtlsReason.None,
        _ => KtlsReason.Dearer,
    };
}
