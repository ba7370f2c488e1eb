using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>Puts a line of the access log together in memory of the caller. Bytes of clients are escaped, so that no client can end a
/// value or a line, nor reach the terminal of a reader. When the room ends, <see cref="Overflowed"/> becomes true.</summary>
internal ref struct LineWriter(Span<byte> destination)
{
    private const int Million = 1_000_000;

    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Where(code => code is not ('"' or '\\')).Select(code => (byte)code)]);

    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public bool Overflowed { get; private set; }

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        if (Overflowed || bytes.Length > _destination.Length - Length)
        {
            Overflowed = true;
            return;
        }

        bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
    }

    /// <summary>A word of the proxy's own, which is ASCII.</summary>
    public void Word(scoped ReadOnlySpan<char> word)
    {
        Overflowed |= word.Length > _destination.Length - Length;
        if (!Overflowed)
            Length += Encoding.ASCII.GetBytes(word, _destination[Length..]);
    }

    public void Number(long value, StandardFormat format = default)
    {
        Overflowed |= !Utf8Formatter.TryFormat(value, _destination[Length..], out var written, format);
        Length += written;
    }

    /// <summary>Microseconds as seconds with six decimals.</summary>
    public void Seconds(long micros)
    {
        Number(micros / Million);
        Raw("."u8);
        Number(micros % Million, new StandardFormat('D', 6));
    }

    public void Time(DateTime time, scoped ReadOnlySpan<char> format)
    {
        Overflowed |= !time.TryFormat(_destination[Length..], out var written, format, CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Bytes of a client within quotes: quotes, backslashes and all but printable ASCII as <c>\xHH</c>, as nginx writes
    /// them.</summary>
    /// <param name="maximum">Bytes to write at most; the rest is left out.</param>
    public void Escaped(scoped ReadOnlySpan<byte> bytes, int maximum)
    {
        const int EscapeLength = 4;
        var end = Length + maximum;
        while (true)
        {
            bytes = bytes[Plain(bytes, end - Length)..];
            if (bytes.IsEmpty || end - Length < EscapeLength)
                return;
            Raw("\\x"u8);
            Hexadecimal(bytes[0], 2, 'X');
            bytes = bytes[1..];
        }
    }

    /// <summary>The same within a string of JSON (RFC 8259, section 7): what is no UTF-8 becomes U+FFFD, and control characters and the
    /// line separators of Unicode, which some readers take for the end of a line, are escaped.</summary>
    public void JsonText(scoped ReadOnlySpan<byte> bytes)
    {
        const int LineSeparator = 0x2028;
        const int ParagraphSeparator = 0x2029;
        Span<byte> encoded = stackalloc byte[4];
        for (var done = Plain(bytes); done < bytes.Length; done += Plain(bytes[done..]))
        {
            _ = Rune.DecodeFromUtf8(bytes[done..], out var rune, out var consumed);
            done += consumed;
            if (Rune.IsControl(rune) || rune.Value is '"' or '\\' or LineSeparator or ParagraphSeparator)
            {
                Raw("\\u"u8);
                Hexadecimal(rune.Value, 4, 'x');
            }
            else
            {
                Raw(encoded[..rune.EncodeToUtf8(encoded)]);
            }
        }
    }

    /// <summary>Writes the bytes before the first one that has to be escaped.</summary>
    /// <returns>Their number.</returns>
    private int Plain(scoped ReadOnlySpan<byte> bytes, int maximum = int.MaxValue)
    {
        var end = bytes.IndexOfAnyExcept(PlainBytes);
        var count = Math.Min(end < 0 ? bytes.Length : end, maximum);
        Raw(bytes[..count]);
        return count;
    }

    private void Hexadecimal(int value, byte digits, char format) => Number(value, new StandardFormat(format, digits));
}
