using TlsProxy.Handshake.Keys;

namespace TlsProxy.Ktls.Costs;

/// <summary>What records of one cipher cost.</summary>
/// <param name="Version">The version of TLS that was measured. Records of the other cost nearly the same: one byte more or less,
/// and eight of
/// explicit nonce.</param>
/// <param name="Sizes">By size, the smallest first.</param>
public sealed record SuiteCosts(TlsVersion Version, Aead Aead, IReadOnlyList<RecordCost> Sizes)
{
    /// <summary>What the kernel's records cost of those made in user space for a response of some size: between two measured sizes
    /// by the straight line between their costs, beyond the outermost that of the outermost.</summary>
    /// <returns>Null where a size that it rests on wasn't measured.</returns>
    public double? RatioAt(long bytes)
    {
        if (Sizes.Count == 0)
            return null;
        var above = 0;
        while (above < Sizes.Count - 1 && Sizes[above].Bytes < bytes)
            above++;
        var (lower, upper) = (Sizes[Math.Max(0, above - 1)], Sizes[above]);
        if (above == 0 || bytes >= upper.Bytes)
            return upper.Ratio;
        var share = (double)(bytes - lower.Bytes) / (upper.Bytes - lower.Bytes);
        return Between(lower.KernelMicroseconds, upper.KernelMicroseconds, share)
            / Between(lower.UserSpaceMicroseconds, upper.UserSpaceMicroseconds, share);
    }

    private static double? Between(double? lower, double? upper, double share) => lower + ((upper - lower) * share);
}
