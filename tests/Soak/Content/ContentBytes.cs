using System.Buffers.Binary;

namespace TlsProxy.Soak.Content;

/// <summary>Bytes that follow from a key and their offset, so that any piece of a body can be made and checked by itself.</summary>
internal static class ContentBytes
{
    /// <summary>The key of what an origin has under a target, for a variant, in a version.</summary>
    public static ulong Key(string target, string variant, int version)
    {
        // FNV-1a, and a last mix because its high bits are weak for short texts.
        var hash = 14695981039346656037UL;
        foreach (var letter in target)
            hash = (hash ^ letter) * 1099511628211UL;
        foreach (var letter in variant)
            hash = (hash ^ (letter + 256u)) * 1099511628211UL;
        return Mix(hash + ((ulong)version * 0x9E3779B97F4A7C15UL));
    }

    public static void Fill(ulong key, long offset, Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (destination.Length > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Mix(key + ((ulong)(offset / sizeof(ulong)) * 0x9E3779B97F4A7C15UL)));
            var piece = word[(int)(offset % sizeof(ulong))..];
            piece = piece[..Math.Min(piece.Length, destination.Length)];
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
            offset += piece.Length;
        }
    }

    /// <summary>The offset of the first byte that isn't as it should be, or -1.</summary>
    public static long FindDifference(ulong key, long offset, ReadOnlySpan<byte> found)
    {
        Span<byte> expected = stackalloc byte[4096];
        while (found.Length > 0)
        {
            var piece = found[..Math.Min(found.Length, expected.Length)];
            Fill(key, offset, expected[..piece.Length]);
            var same = piece.CommonPrefixLength(expected);
            if (same < piece.Length)
                return offset + same;
            offset += piece.Length;
            found = found[piece.Length..];
        }
        return -1;
    }

    private static ulong Mix(ulong value)
    {
        // The finalizer of SplitMix64.
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
