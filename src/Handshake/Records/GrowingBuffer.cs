using System.Buffers;

namespace TlsProxy.Handshake.Records;

/// <summary>Bytes that wait. The memory is borrowed and at most about twice as long as they are; without bytes there is none.</summary>
internal sealed class GrowingBuffer
{
    private const int LengthMinimum = 256;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));

    /// <summary>Makes room at the end; its content counts as appended.</summary>
    public Span<byte> Extend(int count)
    {
        if (_bytes.Length - Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(LengthMinimum, Length + Math.Max(Length, count)));
            Span.CopyTo(larger);
            var length = Length;
            Clear();
            _bytes = larger;
            Length = length;
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    /// <summary>Gives the memory back.</summary>
    public void Clear()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }
}
