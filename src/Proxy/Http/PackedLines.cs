using System.Runtime.InteropServices;

namespace TlsProxy.Proxy.Http;

/// <summary>Field lines in one array, as a table has them that is kept: an index, whose places are read without searching, and then the
/// lines, each as <c>name: value</c> with its line end (RFC 9112, section 5), so that several are copied in one go.</summary>
internal static class PackedLines
{
    private const int SlotBytes = 8;

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
            var name = fields.Name(order[i]);
            MemoryMarshal.Write(packed.AsSpan(i * SlotBytes), new Slot(start, name.Length, fields.Known(order[i])));
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
        var value = slot.Start + slot.NameLength + (MarkBytes / 2);
        return new FieldLine(slot.Start, slot.NameLength, value, StartOf(packed, count, index + 1) - (MarkBytes / 2) - value, slot.Known);
    }

    public static KnownField KnownAt(ReadOnlySpan<byte> packed, int index) => SlotAt(packed, index).Known;

    /// <summary>The bytes of successive lines.</summary>
    public static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> packed, int count, int from, int to)
    {
        var start = StartOf(packed, count, from);
        return packed.Slice(start, StartOf(packed, count, to) - start);
    }

    /// <summary>The bytes of the first lines.</summary>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> packed, int count, int bytes) => packed.Slice(count * SlotBytes, bytes);

    private static int StartOf(ReadOnlySpan<byte> packed, int count, int index) =>
        index == count ? packed.Length : SlotAt(packed, index).Start;

    private static Slot SlotAt(ReadOnlySpan<byte> packed, int index) => MemoryMarshal.Read<Slot>(packed[(index * SlotBytes)..]);

    // Of the second number the lowest byte is the field, the others are the length.
    private readonly struct Slot(int start, int nameLength, KnownField known)
    {
        private const int KnownBits = 8;

        private readonly uint _nameLengthAndKnown = (uint)checked(nameLength << KnownBits) | (byte)known;

        public int Start { get; } = start;

        public int NameLength => (int)(_nameLengthAndKnown >> KnownBits);

        public KnownField Known => (KnownField)(byte)_nameLengthAndKnown;
    }
}
