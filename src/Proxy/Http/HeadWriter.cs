using System.Buffers.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Writes a response head into memory of the caller. When the room ends, <see cref="Overflowed"/> becomes true
/// and nothing more is written.</summary>
internal ref struct HeadWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public bool Overflowed { get; private set; }

    /// <summary>The status line of HTTP/1.1: a proxy answers with its own version (RFC 9110, section 6.2).</summary>
    public void StatusLine(int status) => Raw(StatusLines.Of(status));

    public void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Raw(name);
        Raw(": "u8);
        Raw(value);
        Raw("\r\n"u8);
    }

    /// <summary>A line that ends with a number.</summary>
    /// <param name="start">Name, colon and space.</param>
    public void NumberLine(scoped ReadOnlySpan<byte> start, long value)
    {
        Raw(start);
        Number(value);
        Raw("\r\n"u8);
    }

    public void Number(long value)
    {
        if (!Utf8Formatter.TryFormat(value, _destination[Length..], out var written))
            Overflowed = true;
        Length += written;
    }

    public void DateField(scoped ReadOnlySpan<byte> name, long unixSeconds)
    {
        Span<byte> date = stackalloc byte[HttpDate.Length];
        HttpDate.Write(date, unixSeconds);
        Field(name, date);
    }

    /// <summary>Content-Range (RFC 9110, section 14.4).</summary>
    public void ContentRange(in ContentRange range)
    {
        Raw("Content-Range: bytes "u8);
        if (range.First < 0)
        {
            Raw("*"u8);
        }
        else
        {
            Number(range.First);
            Raw("-"u8);
            Number(range.Last);
        }

        Raw("/"u8);
        if (range.Total is { } bytes)
            Number(bytes);
        else
            Raw("*"u8);
        Raw("\r\n"u8);
    }

    /// <summary>The empty line after the fields.</summary>
    public void End() => Raw("\r\n"u8);

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
}
