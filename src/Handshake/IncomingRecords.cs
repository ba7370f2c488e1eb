using System.Buffers.Binary;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake;

/// <summary>Cuts what the peer sends in a handshake into records, and counts them. It belongs to one thread at a time.</summary>
internal sealed class IncomingRecords
{
    private const int HeaderLength = RecordLayout.HeaderLength;

    // A record that is cut; after the end what was received beyond the handshake.
    private readonly GrowingBuffer _kept = new();

    // What was taken so far.
    private RecordTally _tally;

    public ref readonly RecordTally Tally => ref _tally;

    /// <summary>A record that is cut; after the end what was received beyond the handshake.</summary>
    public ReadOnlySpan<byte> Kept => _kept.Span;

    /// <summary>Looks at the header of the next record, and leaves it there.</summary>
    /// <returns>False where it is cut.</returns>
    public bool TryPeek(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> header)
    {
        var isWhole = IsWhole(input) || TryFill(HeaderLength, ref input);
        header = !isWhole ? default : _kept.Length == 0 ? input[..HeaderLength] : _kept.Span[..HeaderLength];
        return isWhole;
    }

    /// <summary>Takes the next whole record off the input. A header that no record has is taken as it is: the engine answers it with its
    /// alert.</summary>
    /// <param name="record">In the input itself where it is whole there; else in what is kept, until <see cref="ClearKept"/>.</param>
    public bool TryTake(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> record)
    {
        record = default;
        if (IsWhole(input))
        {
            record = input[..LengthOf(input)];
            input = input[record.Length..];
        }
        else if (TryFill(HeaderLength, ref input) && TryFill(LengthOf(_kept.Span), ref input))
        {
            record = _kept.Span;
        }
        else
        {
            return false;
        }

        _tally.Add(record);
        return true;
    }

    /// <summary>Keeps what was received beyond the handshake.</summary>
    public void Keep(ReadOnlySpan<byte> beyond) => _kept.Append(beyond);

    /// <summary>Gives the memory of a record back.</summary>
    public void ClearKept() => _kept.Clear();

    public void Reset()
    {
        _kept.Clear();
        _tally = default;
    }

    private bool IsWhole(ReadOnlySpan<byte> input) =>
        _kept.Length == 0 && input.Length >= HeaderLength && LengthOf(input) <= input.Length;

    /// <summary>The whole length of a record, or of its header alone where no record is that long.</summary>
    private static int LengthOf(ReadOnlySpan<byte> header)
    {
        var whole = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        return whole <= RecordLayout.RecordMaximum ? whole : HeaderLength;
    }

    private bool TryFill(int length, ref ReadOnlySpan<byte> input)
    {
        var taken = Math.Min(length - _kept.Length, input.Length);
        if (taken > 0)
            _kept.Append(input[..taken]);
        input = input[Math.Max(taken, 0)..];
        return _kept.Length >= length;
    }
}
