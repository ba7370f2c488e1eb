using System.Runtime.CompilerServices;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>What is left of one send: up to three ranges, which belong to whoever sends.</summary>
[InlineArray(Maximum)]
internal struct SendRanges
{
    public const int Maximum = 3;

    private NativeSlice _first;

    public SendRanges(NativeSlice first, NativeSlice second = default, NativeSlice third = default)
    {
        this[0] = first;
        this[1] = second;
        this[2] = third;
    }

    /// <summary>Bytes of all ranges.</summary>
    public readonly long Length => (long)this[0].Length + this[1].Length + this[2].Length;
}
