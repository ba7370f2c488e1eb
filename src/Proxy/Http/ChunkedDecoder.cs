namespace TlsProxy.Proxy.Http;

/// <summary>What a step of a chunked body gave.</summary>
internal enum ChunkedStep : byte
{
    /// <summary>The input is used up, and the body goes on.</summary>
    NeedMore,

    /// <summary>Bytes of the body; there may be more in the input.</summary>
    Data,

    /// <summary>Bytes of the trailer section; there may be more in the input.</summary>
    Trailer,

    /// <summary>The body has ended; what follows it is the next message.</summary>
    End,

    /// <summary>The body is malformed or exceeds its limits.</summary>
    Malformed,
}

/// <summary>The chunked transfer coding, read by the letter of its grammar (RFC 9112, section 7.1): sizes of hexadecimal digits alone,
/// CRLF alone. Extensions are checked, bounded and dropped; trailers are checked, bounded and handed on. White space between a size and a
/// semicolon is refused, though the grammar has it as bad white space: parsers differ in whether it ends the size.</summary>
internal struct ChunkedDecoder
{
    private const int SizeDigitsMaximum = 15;

    // Bytes of extensions and trailers that may outweigh the data they come with.
    public const int OverheadMaximum = 16 * 1024;

    private State _state;
    private long _left;
    private int _digits;
    private int _overhead;

    private enum State : byte
    {
        Size,
        ExtensionStart,
        ExtensionName,
        ExtensionNameEnd,
        ExtensionValueStart,
        ExtensionToken,
        ExtensionQuoted,
        ExtensionQuotedPair,
        ExtensionQuotedEnd,
        ExtensionValueEnd,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLineFeed,
        EndLineFeed,
        End,
        Malformed,
    }

    private readonly bool IsWithinTrailers => _state is >= State.TrailerStart and <= State.TrailerLineFeed;

    /// <summary>Takes one step.</summary>
    /// <param name="consumed">Bytes of the input used, those of <paramref name="data"/> among them.</param>
    /// <param name="data">Bytes of the body when the result is <see cref="ChunkedStep.Data"/>, and bytes of field lines with their ends
    /// when it is <see cref="ChunkedStep.Trailer"/>.</param>
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
                _overhead = Math.Max(0, _overhead - length);
                if (_left == 0)
                    _state = State.DataCarriageReturn;
                return ChunkedStep.Data;
            }

            if (IsWithinTrailers)
            {
                data = TakeTrailers(input, ref consumed);
                if (!data.IsEmpty)
                    return ChunkedStep.Trailer;
                continue;
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

    private ReadOnlySpan<byte> TakeTrailers(ReadOnlySpan<byte> input, scoped ref int consumed)
    {
        var start = consumed;
        while (IsWithinTrailers && consumed < input.Length)
            _state = Next(input[consumed++]);
        return _state switch
        {
            State.Malformed => default,
            // The last byte begins the empty line, which isn't a field's.
            State.EndLineFeed => input[start..(consumed - 1)],
            _ => input[start..consumed],
        };
    }

    private State Next(byte octet)
    {
        if (_state is > State.Size and < State.SizeLineFeed or >= State.TrailerStart && ++_overhead > OverheadMaximum)
            return State.Malformed;
        return _state switch
        {
            State.Size => OnSize(octet),
            < State.SizeLineFeed => OnExtension(octet),
            State.SizeLineFeed => octet == '\n' ? AfterSize() : State.Malformed,
            State.DataCarriageReturn => octet == '\r' ? State.DataLineFeed : State.Malformed,
            State.DataLineFeed => octet == '\n' ? State.Size : State.Malformed,
            _ => OnTrailer(octet),
        };
    }

    private State OnSize(byte octet)
    {
        if (char.IsAsciiHexDigit((char)octet))
        {
            _left = (_left << 4) | (uint)(octet <= '9' ? octet - '0' : (octet | 0x20) - 'a' + 10);
            return ++_digits > SizeDigitsMaximum ? State.Malformed : State.Size;
        }

        return (char)octet switch
        {
            _ when _digits == 0 => State.Malformed,
            '\r' => State.SizeLineFeed,
            ';' => State.ExtensionStart,
            _ => State.Malformed,
        };
    }

    /// <summary>A name, or a name with a token or quoted string; white space only around semicolon and equals sign
    /// (RFC 9112, section 7.1.1).</summary>
    private readonly State OnExtension(byte octet)
    {
        switch (_state)
        {
            case State.ExtensionStart:
                return IsSpace(octet) ? State.ExtensionStart : Tokens.IsTokenByte(octet) ? State.ExtensionName : State.Malformed;
            case State.ExtensionValueStart when octet == '"':
                return State.ExtensionQuoted;
            case State.ExtensionValueStart:
                return IsSpace(octet) ? State.ExtensionValueStart : Tokens.IsTokenByte(octet) ? State.ExtensionToken : State.Malformed;
            case State.ExtensionQuoted when octet == '"':
                return State.ExtensionQuotedEnd;
            case State.ExtensionQuoted when octet == '\\':
                return State.ExtensionQuotedPair;
            case State.ExtensionQuoted or State.ExtensionQuotedPair:
                return Tokens.IsFieldByte(octet) ? State.ExtensionQuoted : State.Malformed;
            case State.ExtensionName or State.ExtensionToken when Tokens.IsTokenByte(octet):
                return _state;
        }

        var named = _state is State.ExtensionName or State.ExtensionNameEnd;
        return (char)octet switch
        {
            ';' => State.ExtensionStart,
            '=' when named => State.ExtensionValueStart,
            ' ' or '\t' => named ? State.ExtensionNameEnd : State.ExtensionValueEnd,
            '\r' when _state is not (State.ExtensionNameEnd or State.ExtensionValueEnd) => State.SizeLineFeed,
            _ => State.Malformed,
        };
    }

    private State AfterSize()
    {
        _digits = 0;
        return _left == 0 ? State.TrailerStart : State.Data;
    }

    /// <summary>Field lines as in a head, up to the empty one.</summary>
    private readonly State OnTrailer(byte octet) => _state switch
    {
        State.TrailerStart when octet == '\r' => State.EndLineFeed,
        State.TrailerStart => Tokens.IsTokenByte(octet) ? State.TrailerName : State.Malformed,
        State.TrailerName when octet == ':' => State.TrailerValue,
        State.TrailerName => Tokens.IsTokenByte(octet) ? State.TrailerName : State.Malformed,
        State.TrailerValue when octet == '\r' => State.TrailerLineFeed,
        State.TrailerValue => Tokens.IsFieldByte(octet) ? State.TrailerValue : State.Malformed,
        State.TrailerLineFeed => octet == '\n' ? State.TrailerStart : State.Malformed,
        State.EndLineFeed => octet == '\n' ? State.End : State.Malformed,
        _ => State.Malformed,
    };

    private static bool IsSpace(byte octet) => octet is (byte)' ' or (byte)'\t';
}
