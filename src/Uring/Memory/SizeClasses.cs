using System.Numerics;

namespace TlsProxy.Uring.Memory;

/// <summary>Eight sizes to each doubling, from 1 KiB to 4 MiB: a segment wastes at most an eighth of what was asked for.</summary>
internal static class SizeClasses
{
    public const int Smallest = 1024;
    public const int Largest = 4 << 20;
    private const int StepsPerDoubling = 8;

    public const int Count = (12 * StepsPerDoubling) + 1;

    /// <summary>The class of the smallest size that holds <paramref name="length"/> bytes.</summary>
    public static int Of(int length)
    {
        if (length <= Smallest)
            return 0;
        var doubling = BitOperations.Log2((uint)(length - 1)) - 10;
        var step = (Smallest << doubling) / StepsPerDoubling;
        var index = (length - (Smallest << doubling) + step - 1) / step;
        return (doubling * StepsPerDoubling) + index;
    }

    /// <summary>The size of a class in bytes.</summary>
    public static int SizeOf(int sizeClass)
    {
        var start = Smallest << (sizeClass / StepsPerDoubling);
        return start + (start / StepsPerDoubling * (sizeClass % StepsPerDoubling));
    }
}
