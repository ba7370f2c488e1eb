using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>Seals the ranges of a send, record by record.</summary>
internal static class RangeRecords
{
    // A record of several ranges is put together before it is sealed. Larger sends begin with a short one, so that little is copied.
    private const int GatheredMaximum = 4096;

    /// <summary>Seals the next record and takes its bytes out of the ranges.</summary>
    /// <param name="ranges">Have bytes left.</param>
    /// <param name="available">Bytes of them that the batch may still have.</param>
    /// <returns>The record's length.</returns>
    public static int Seal(ref SendRanges ranges, RecordSealer sealer, int available, Span<byte> destination)
    {
        var first = 0;
        while (ranges[first].IsEmpty)
            first++;
        var whole = Math.Min(available, sealer.PlaintextMaximum);
        if (ranges[first].Length >= whole)
        {
            var length = sealer.Seal(ContentType.ApplicationData, ranges[first].Span[..whole], destination);
            ranges[first] = ranges[first].Slice(whole);
            return length;
        }

        if (ranges.Length > sealer.PlaintextMaximum)
            whole = Math.Min(whole, Math.Max(GatheredMaximum, ranges[first].Length));
        var gathered = destination.Slice(RecordFormat.HeaderLength + sealer.Format.PrefixLength, whole);
        Gather(ref ranges, gathered);
        return sealer.Seal(ContentType.ApplicationData, gathered, destination);
    }

    private static void Gather(ref SendRanges ranges, Span<byte> destination)
    {
        for (var i = 0; i < SendRanges.Maximum && !destination.IsEmpty; i++)
        {
            var taken = Math.Min(destination.Length, ranges[i].Length);
            ranges[i].Span[..taken].CopyTo(destination);
            ranges[i] = ranges[i].Slice(taken);
            destination = destination[taken..];
        }
    }
}
