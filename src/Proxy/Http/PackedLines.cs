using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TlsProxy.Proxy.Http;

/// <summary>Field lines in one array, as a table has them that is kept: an index, whose places are read without searching, and then the
/// lines, each as <c>name: value</c> with its line end (RFC 9112, section 5), so that several are copied in one go.</summary>
internal static class PackedLines
{
    // A slot is where a line begins, and in its lowest byte which field it is.
    private const int SlotBytes = sizeof(uint);
    private const int KnownBits = 8;

    /// <summary>What separates a name from its value and ends a line, in bytes.</summary>
    public const int MarkBytes = 4;

    /// <summary>Packs the lines of a table.</summary>
    /// <param name="order">The indexes of its lines, in the order they are to have.</param>
    public static byte[] Of(FieldTable fields, ReadOnlySpan<int> order)
    {
        var length = order.Length * (SlotBytes + MarkBytes);
        foreach (var index in order)
            length += fields.Name(index).Length + fields.Value(index).Length;
        var packed = new byte[length];
        var start = order.Length * SlotBytes;
        for (var i = 0; i < order.Length; i++)
        {
            var slot = checked((uint)start * (1 << KnownBits)) | (byte)fields.Known(order[i]);
            MemoryMarshal.Write(packed.AsSpan(i * SlotBytes), slot);
            var name = fields.Name(order[i]);
            Debug.Assert(!name.Contains((byte)':'), "A name ends with its colon.");
            var writer = new HeadWriter(packed.AsSpan(start));
            writer.Field(name, fields.Value(order[i]));
            start += writer.Length;
        }

        return packed;
    }

    /// <summary>Where a line lies.</summary>
    /// <param name="count">How many there are.</param>
    public static FieldLine At(ReadOnlySpan<byte> packed, int count, int index)
    {
        var slot = SlotAt(packed, index);
        var start = StartIn(slot);
        // A name has no colon in it (RFC 9110, section 5.1).
        var name = packed[start..].IndexOf((byte)':');
        var value = start + name + (MarkBytes / 2);
        var end = StartOf(packed, count, index + 1) - (MarkBytes / 2);
        return new FieldLine(start, name, value, end - value, KnownIn(slot));
    }

    public static KnownField KnownAt(ReadOnlySpan<byte> packed, int index) => KnownIn(SlotAt(packed, index));

    /// <summary>The bytes of successive lines.</summary>
    public static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> packed, int count, int from, int to)
    {
        var start = StartOf(packed, count, from);
        return packed.Slice(start, StartOf(packed, count, to) - start);
    }

    /// <summary>The bytes of the first lines.</summary>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> packed, int count, int bytes) => packed.Slice(count * SlotBytes, bytes);

    private static int StartOf(ReadOnlySpan<byte> packed, int count, int index) =>
        index == count ? packed.Length : StartIn(SlotAt(packed, index));

    private static uint SlotAt(ReadOnlySpan<byte> packed, int index) => MemoryMarshal.Read<uint>(packed[(index * SlotBytes)..]);

    private static int StartIn(uint slot) => (int)(slot >> KnownBits);

    private static KnownField KnownIn(uint slot) => (KnownField)(byte)slot;
}
