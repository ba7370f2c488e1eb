namespace TlsProxy.Proxy.Http;

/// <summary>What a step of a chunked body gave.</summary>
internal enum ChunkedStep : byte
{
    /// <summary>The input is used up, and the body goes on.</summary>
    NeedMore,

    /// <summary>Bytes of the body; there may be more in the input.</summary>
    Data,

    /// <summary>The body has ended; what follows it is the next message.</summary>
    End,

    /// <summary>The body is malformed or exceeds its limits.</summary>
    Malformed,
}

/// <summary>The chunked transfer coding, read strictly (RFC 9112, section 7.1): sizes of hexadecimal digits alone, CRLF alone, bounded extensions and
/// trailers, which are checked and dropped.</summary>
internal struct ChunkedDecoder
{
    private const int SizeDigitsMaximum = 15;
    private const int OverheadMaximum = 16 * 1024;

    private State _state;
    private long _left;
    private int _digits;
    private int _overhead;
    private bool _lineIsEmpty;

    private enum State : byte
    {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        Trailer,
        TrailerLineFeed,
        End,
        Malformed,
    }

    /// <summary>Takes one step.</summary>
    /// <param name="consumed">Bytes of the input used, those of <paramref name="data"/> among them.</param>
    /// <param name="data">Bytes of the body when the result is <see cref="ChunkedStep.Data"/>.</param>
    public ChunkedStep Decode(ReadOnlySpan<byte> input, out int consumed, out ReadOnlySpan<byte> data)
    {
        data = default;
        consumed = 0;
        while (_state is not (State.End or State.Malformed) && consumed < input.Length)
        {
            if (_state == State.Data)
            {
                var length = (int)Math.Min(_left, input.Length - consumed);
                data = input.Slice(consumed, length);
                consumed += length;
                _left -= length;
                if (_left == 0)
                    _state = State.DataCarriageReturn;
                return ChunkedStep.Data;
            }

            _state = Next(input[consumed++]);
        }

        return _state switch
        {
            State.End => ChunkedStep.End,
            State.Malformed => ChunkedStep.Malformed,
            _ => ChunkedStep.NeedMore,
        };
    }

    private State Next(byte octet) => _state switch
    {
        State.Size => OnSize(octet),
        State.Extension => OnExtension(octet),
        State.SizeLineFeed => octet == '\n' ? AfterSize() : State.Malformed,
        State.DataCarriageReturn => octet == '\r' ? State.DataLineFeed : State.Malformed,
        State.DataLineFeed => octet == '\n' ? State.Size : State.Malformed,
        State.Trailer => OnTrailer(octet),
        State.TrailerLineFeed => octet != '\n' ? State.Malformed : _lineIsEmpty ? State.End : StartTrailerLine(),
        _ => State.Malformed,
    };

    private State OnSize(byte octet)
    {
        if (char.IsAsciiHexDigit((char)octet))
        {
            _left = (_left << 4) | (uint)(octet <= '9' ? octet - '0' : (octet | 0x20) - 'a' + 10);
            return ++_digits > SizeDigitsMaximum ? State.Malformed : State.Size;
        }

        if (_digits == 0)
            return State.Malformed;
        return octet switch
        {
            (byte)'\r' => State.SizeLineFeed,
            (byte)';' => State.Extension,
            _ => State.Malformed,
        };
    }

    private State OnExtension(byte octet)
    {
        if (octet == '\r')
            return State.SizeLineFeed;
        return octet is < 0x20 and not (byte)'\t' or 0x7F || ++_overhead > OverheadMaximum ? State.Malformed : State.Extension;
    }

    private State AfterSize()
    {
        _digits = 0;
        return _left == 0 ? StartTrailerLine() : State.Data;
    }

    private State StartTrailerLine()
    {
        _lineIsEmpty = true;
        return State.Trailer;
    }

    private State OnTrailer(byte octet)
    {
        if (octet == '\r')
            return State.TrailerLineFeed;
        _lineIsEmpty = false;
        return octet is < 0x20 and not (byte)'\t' or 0x7F || ++_overhead > OverheadMaximum ? State.Malformed : State.Trailer;
    }
}
