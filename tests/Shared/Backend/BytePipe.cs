namespace TlsProxy.Testing.Backend;

/// <summary>Bytes on their way, first in, first out.</summary>
public sealed class BytePipe
{
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    public int Count => _end - _start;

    /// <summary>What is queued; valid until the queue changes.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Count);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _end)
            MakeRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes as many bytes as there are and fit.</summary>
    /// <returns>Their number.</returns>
    public int Read(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, Count);
        Span[..count].CopyTo(destination);
        Skip(count);
        return count;
    }

    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _start += count;
        if (_start == _end)
            _start = _end = 0;
    }

    /// <summary>Moves bytes to the end of another queue.</summary>
    public void MoveTo(BytePipe other, int count)
    {
        ArgumentNullException.ThrowIfNull(other);
        other.Write(Span[..count]);
        Skip(count);
    }

    /// <summary>Drops all but the first bytes.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _end = _start + count;
    }

    private void MakeRoom(int count)
    {
        var bytes = Count + count <= _bytes.Length ? _bytes : new byte[Math.Max(256, (Count + count) * 2)];
        Span.CopyTo(bytes);
        _end = Count;
        _start = 0;
        _bytes = bytes;
    }
}
