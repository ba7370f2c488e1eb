using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Fields in the order of their lines. Names and values are ranges of one buffer,
/// so that a warm table takes a head without allocating.</summary>
internal sealed class FieldTable
{
    // The table and the headers of its arrays; an entry is two ranges, a field and a flag.
    private const int ObjectBytes = 48 + 24 + 24;
    private const int EntryBytes = 20;

    private byte[] _bytes = [];
    private Entry[] _entries = [];

    // A bit for each known field that is there, so that most searches end before they begin.
    private ulong _present;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Name(int index) => _bytes.AsSpan(At(index).Name);

    public ReadOnlySpan<byte> Value(int index) => _bytes.AsSpan(At(index).Value);

    /// <summary>The bytes of a value, for who shortens it.</summary>
    public Span<byte> ValueBytes(int index) => _bytes.AsSpan(At(index).Value);

    /// <summary>Cuts a value off behind its first bytes.</summary>
    public void Shorten(int index, int length)
    {
        var entry = At(index);
        var start = entry.Value.Start.Value;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, entry.Value.End.Value - start);
        _entries[index] = entry with { Value = new Range(start, start + length) };
    }

    /// <summary>Where a value lies in the buffer.</summary>
    public Range ValueRange(int index) => At(index).Value;

    public KnownField Known(int index) => At(index).Known;

    /// <summary>Whether a line is of the proxy itself.</summary>
    public bool IsOurs(int index) => At(index).IsOurs;

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
            if (_entries[i].Known == field)
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
        if (_entries[index].IsOurs)
            return false;
        if (KnownFields.IsHopByHop(Known(index)))
            return true;
        var name = Name(index);
        if (!Contains(KnownField.Connection) || KnownFields.IsEndToEnd(name))
            return false;
        for (var i = Find(KnownField.Connection); i >= 0; i = Find(KnownField.Connection, i + 1))
        {
            if (Tokens.Contains(Value(i), name))
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
        var end = Count == 0 ? 0 : _entries[Count - 1].Value.End.Value;
        var needed = end + name.Length + value.Length;
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        name.CopyTo(_bytes.AsSpan(end));
        value.CopyTo(_bytes.AsSpan(end + name.Length));
        Append(new Range(end, end + name.Length), new Range(end + name.Length, needed), known);
    }

    /// <summary>Forgets all lines and takes names and values from <paramref name="bytes"/> from now on.</summary>
    public void Reset(byte[] bytes)
    {
        _bytes = bytes;
        Count = 0;
        _present = 0;
    }

    /// <summary>Appends a line whose name and value lie in the buffer.</summary>
    /// <param name="isOurs">The line is of the proxy itself: no peer can have it left out by naming it in Connection.</param>
    public void Append(Range name, Range value, KnownField known, bool isOurs = false)
    {
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Math.Max(16, _entries.Length * 2));
        _entries[Count++] = new Entry(name, value, known, isOurs);
        _present |= Bit(known);
    }

    /// <summary>Takes a line out; those behind it move up.</summary>
    public void Remove(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        Count--;
        Array.Copy(_entries, index + 1, _entries, index, Count - index);
    }

    /// <summary>Bytes of the table and its arrays on the managed heap.</summary>
    public long AllocatedBytes => ObjectBytes + _bytes.Length + (_entries.Length * EntryBytes);

    /// <summary>Gives up the room for more lines; for tables that are kept.</summary>
    public void Trim()
    {
        var end = Count == 0 ? 0 : _entries[Count - 1].Value.End.Value;
        Array.Resize(ref _bytes, end);
        Array.Resize(ref _entries, Count);
    }

    /// <summary>Takes names and values from another buffer, which holds the same bytes.</summary>
    public void Move(byte[] bytes) => _bytes = bytes;

    /// <summary>Copies the lines, over a buffer that holds the same bytes.</summary>
    public void CopyTo(FieldTable other, byte[] bytes)
    {
        other._bytes = bytes;
        other._entries = _entries.AsSpan(0, Count).ToArray();
        other.Count = Count;
        other._present = _present;
    }

    // More than 64 known fields would share bits, which costs a search and nothing else.
    private static ulong Bit(KnownField field) => 1UL << (int)field;

    private Entry At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _entries[index];
    }

    private readonly record struct Entry(Range Name, Range Value, KnownField Known, bool IsOurs);
}
