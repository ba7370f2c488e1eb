using System.Buffers;

namespace TlsProxy.Proxy.Connections;

/// <summary>Received bytes that can't be used yet: a cut head, or pipelined requests behind the one being answered. Empty, it holds no
/// memory.</summary>
internal sealed class InputBuffer
{
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    public int Length => _end - _start;

    /// <summary>Bytes of memory held.</summary>
    public int Capacity => _bytes.Length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _end)
            MakeRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length, nameof(count));
        _start += count;
        if (IsEmpty)
            Clear();
    }

    public void Clear()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = 0;
        _end = 0;
    }

    private void MakeRoom(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, (Length + count) * 2));
        Span.CopyTo(larger);
        var length = Length;
        Clear();
        _bytes = larger;
        _end = length;
    }
}
