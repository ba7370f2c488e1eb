using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Origin;

/// <summary>Which fault the nth request for a target meets: it follows from the seed, however clients are interleaved.</summary>
internal sealed class FaultSchedule(int seed)
{
    private static readonly int FaultCount = Enum.GetValues<OriginFault>().Length;

    public (OriginFault Fault, Random Random) Next(SoakTarget target, int request)
    {
        var random = new Random(unchecked((int)ContentBytes.Key(target.Path, "fault", (seed * 31) + request)));
        // Two of three answers are good, so that there is a cache to speak of.
        return (random.Next(3) > 0 ? OriginFault.None : (OriginFault)random.Next(1, FaultCount), random);
    }

    /// <summary>Whether clients may get an error, or less than the whole, for it.</summary>
    public static bool IsFailure(OriginFault fault) => fault
        is OriginFault.ResetBeforeHead or OriginFault.EndBeforeHead or OriginFault.MalformedHead or OriginFault.ServerError
        or OriginFault.ResetInBody or OriginFault.EndInBody or OriginFault.TruncatedChunk or OriginFault.SilenceInBody
        or OriginFault.UnaskedNotModified or OriginFault.TooLargeLength;
}
