using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Fields in the order of their lines. Names and values are ranges of one buffer, so that a warm table takes a head without
/// allocating. A table that is kept is packed: its lines and their index are one array then, and change no more.</summary>
internal class FieldTable
{
    // The table and the header of its buffer, that of an array of lines, and a line: four numbers, a field and a flag.
    private const int ObjectBytes = 48 + 24;
    private const int ArrayBytes = 24;
    private const int LineBytes = 20;

    // As many are sorted without an array.
    private const int UsualLines = 64;

    private byte[] _bytes = [];

    // Null once the table is packed: the index stands before the lines in the buffer.
    private FieldLine[]? _lines = [];

    // A bit for each known field that is there, so that most searches end before they begin.
    private ulong _present;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Name(int index)
    {
        var line = At(index);
        return _bytes.AsSpan(line.NameStart, line.NameLength);
    }

    public ReadOnlySpan<byte> Value(int index) => ValueBytes(index);

    /// <summary>The bytes of a value, for who shortens it.</summary>
    public Span<byte> ValueBytes(int index)
    {
        var line = At(index);
        return _bytes.AsSpan(line.ValueStart, line.ValueLength);
    }

    /// <summary>Cuts a value off behind its first bytes.</summary>
    public void Shorten(int index, int length)
    {
        var line = At(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, line.ValueLength);
        Changing[index] = line with { ValueLength = length };
    }

    /// <summary>Where a value lies in the buffer.</summary>
    public Range ValueRange(int index)
    {
        var line = At(index);
        return line.ValueStart..line.ValueEnd;
    }

    public KnownField Known(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _lines is { } lines ? lines[index].Known : PackedLines.KnownAt(_bytes, index);
    }

    /// <summary>Whether a line is of the proxy itself.</summary>
    public bool IsOurs(int index) => _lines is not null && At(index).IsOurs;

    /// <summary>Whether lines and index are one array.</summary>
    public bool IsPacked => _lines is null;

    /// <summary>The value of the first line of a field.</summary>
    public bool TryGet(KnownField field, out ReadOnlySpan<byte> value)
    {
        var index = Find(field);
        value = index < 0 ? default : Value(index);
        return index >= 0;
    }

    public bool Contains(KnownField field) => Find(field) >= 0;

    /// <summary>A bit for each of some fields.</summary>
    public static ulong MaskOf(params ReadOnlySpan<KnownField> fields)
    {
        ulong mask = 0;
        foreach (var field in fields)
            mask |= Bit(field);
        return mask;
    }

    /// <summary>Whether there may be a line of any of some fields; false is certain.</summary>
    public bool MayContainAny(ulong mask) => (_present & mask) != 0;

    /// <summary>Whether a field has more than one line.</summary>
    public bool IsRepeated(KnownField field) => Find(field) is >= 0 and var first && Find(field, first + 1) >= 0;

    /// <summary>The index of the next line of a field at or after <paramref name="from"/>, or -1.</summary>
    public int Find(KnownField field, int from = 0)
    {
        if ((_present & Bit(field)) == 0)
            return -1;
        for (var i = from; i < Count; i++)
        {
            if (Known(i) == field)
                return i;
        }

        return -1;
    }

    /// <summary>The index of the next line of a field by its name, whatever its case, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name, int from = 0)
    {
        for (var i = from; i < Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(Name(i), name))
                return i;
        }

        return -1;
    }

    /// <summary>Whether a line must not be forwarded: hop-by-hop by definition or named by Connection (RFC 9110, section 7.6.1).
    /// A Connection that names a field meant for all recipients isn't obeyed: it would take a length,
    /// a date or a credential out of the message.</summary>
    public bool IsHopByHop(int index)
    {
        if (IsOurs(index))
            return false;
        if (KnownFields.IsHopByHop(Known(index)))
            return true;
        var name = Name(index);
        return Contains(KnownField.Connection) && !KnownFields.IsEndToEnd(name) && Lists(KnownField.Connection, name);
    }

    /// <summary>Whether a line of a field lists a token, whatever its case.</summary>
    public bool Lists(KnownField field, ReadOnlySpan<byte> token)
    {
        for (var i = Find(field); i >= 0; i = Find(field, i + 1))
        {
            if (Tokens.Contains(Value(i), token))
                return true;
        }

        return false;
    }

    /// <summary>Appends a line of its own bytes; for tables that aren't parsed.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Add(name, value, KnownFields.Of(name));

    /// <summary>Appends lines of another table, in their order.</summary>
    /// <param name="chooses">Whether the line at an index of the other table is taken. It may look at this table, which has the lines
    /// before.</param>
    public void AddFrom(FieldTable source, Func<int, bool> chooses)
    {
        for (var i = 0; i < source.Count; i++)
        {
            if (chooses(i))
                Add(source.Name(i), source.Value(i), source.Known(i));
        }
    }

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, KnownField known)
    {
        var end = Count == 0 ? 0 : Changing[Count - 1].ValueEnd;
        var needed = end + name.Length + value.Length;
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        Append(new FieldLine(end, name.Length, end + name.Length, value.Length, known));
        name.CopyTo(_bytes.AsSpan(end));
        value.CopyTo(_bytes.AsSpan(end + name.Length));
    }

    /// <summary>Forgets all lines and takes names and values from <paramref name="bytes"/> from now on.</summary>
    public void Reset(byte[] bytes)
    {
        _bytes = bytes;
        Count = 0;
        _present = 0;
    }

    /// <summary>Forgets all lines and keeps the room, for a table that others are made of.</summary>
    public void Clear() => Reset(_bytes);

    /// <summary>A packed copy, whose lines and index are one array.</summary>
    public FieldTable ToPacked()
    {
        Span<int> order = Count <= UsualLines ? stackalloc int[UsualLines] : new int[Count];
        order = order[..Count];
        for (var i = 0; i < Count; i++)
            order[i] = i;
        return new FieldTable { _bytes = PackedLines.Of(this, order), _lines = null, Count = Count, _present = _present };
    }

    /// <summary>Makes room for lines, so that they are appended without a further array.</summary>
    /// <param name="lines">All there will be.</param>
    public void Reserve(int lines)
    {
        var room = Changing;
        if (room.Length >= lines)
            return;
        Array.Resize(ref room, lines);
        _lines = room;
    }

    /// <summary>Appends a line whose name and value lie in the buffer.</summary>
    public void Append(in FieldLine line)
    {
        var lines = Changing;
        if (Count == lines.Length)
        {
            Array.Resize(ref lines, Math.Max(16, lines.Length * 2));
            _lines = lines;
        }

        lines[Count++] = line;
        _present |= Bit(line.Known);
    }

    /// <summary>Takes a line out; those behind it move up.</summary>
    public void Remove(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        Array.Copy(Changing, index + 1, Changing, index, Count - 1 - index);
        Count--;
    }

    /// <summary>Makes lines and index one array, for tables that are kept; they don't change any more.</summary>
    /// <param name="leads">Whether the line at an index stands before those of which that isn't so; their order stays otherwise.</param>
    /// <param name="leading">How many lead.</param>
    /// <returns>False where the table was packed before, by whatever order.</returns>
    public bool TryPack(Func<int, bool> leads, out int leading)
    {
        leading = 0;
        if (_lines is null)
            return false;
        Span<int> order = Count <= UsualLines ? stackalloc int[UsualLines] : new int[Count];
        order = order[..Count];
        var last = Count;
        for (var i = 0; i < Count; i++)
        {
            if (leads(i))
                order[leading++] = i;
            else
                order[--last] = i;
        }

        order[leading..].Reverse();
        _bytes = PackedLines.Of(this, order);
        _lines = null;
        return true;
    }

    /// <summary>Bytes of the table and its arrays on the managed heap.</summary>
    public long AllocatedBytes => ObjectBytes + _bytes.Length + (_lines is { } lines ? ArrayBytes + (lines.Length * LineBytes) : 0);

    /// <summary>The bytes of successive lines of a packed table, each as <c>name: value</c> with its line end.</summary>
    public ReadOnlySpan<byte> Lines(int from, int to) => PackedLines.Between(Packed, Count, from, to);

    /// <summary>The same of the first lines, whose bytes have been counted.</summary>
    public ReadOnlySpan<byte> FirstLines(int bytes) => PackedLines.First(Packed, Count, bytes);

    /// <summary>Takes names and values from another buffer, which holds the same bytes.</summary>
    public void Move(byte[] bytes) => _bytes = bytes;

    /// <summary>Copies the lines, over a buffer that holds the same bytes.</summary>
    public void CopyTo(FieldTable other, byte[] bytes)
    {
        other._bytes = bytes;
        other._lines = Changing.AsSpan(0, Count).ToArray();
        other.Count = Count;
        other._present = _present;
    }

    // More than 64 known fields would share bits, which costs a search and nothing else.
    private static ulong Bit(KnownField field) => 1UL << (int)field;

    private byte[] Packed =>
        _lines is null ? _bytes : throw new InvalidOperationException("Lines of a table that isn't packed lie apart.");

    private FieldLine[] Changing => _lines ?? throw new InvalidOperationException("A packed table doesn't change.");

    private FieldLine At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _lines is { } lines ? lines[index] : PackedLines.At(_bytes, Count, index);
    }
}
