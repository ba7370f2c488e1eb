using System.Runtime.CompilerServices;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>What is left of one send: ranges, which belong to whoever sends.</summary>
[InlineArray(Maximum)]
internal struct SendRanges
{
    public const int Maximum = RecordChannel.RangesMaximum;

    private NativeSlice _first;

    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="Maximum"/>.</exception>
    public SendRanges(ReadOnlySpan<NativeSlice> ranges)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ranges.Length, Maximum);
        ranges.CopyTo(this);
    }

    /// <summary>Bytes of all ranges.</summary>
    public readonly long Length
    {
        get
        {
            long sum = 0;
            foreach (var range in this)
                sum += range.Length;
            return sum;
        }
    }
}
