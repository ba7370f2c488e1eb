using System.Security.Cryptography;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>Several parts of one body as a multipart message (RFC 9110, section 14.6). Only the lines between them are made,
/// in native memory; the parts themselves go out from where they lie.</summary>
internal sealed class MultipartRanges
{
    // "\r\n--", boundary, "\r\nContent-Type: ", "\r\nContent-Range: bytes ", three numbers with their marks, "\r\n\r\n".
    private const int LinesMaximum = 4 + BoundaryLength + 16 + 23 + 60 + 4;
    private const int BoundaryLength = 32;

    /// <summary>The longest Content-Type that each part repeats; a body of a longer one is sent whole (RFC 9110, section 14.2).</summary>
    public const int ContentTypeMaximum = 256;

    private readonly ByteSpan[] _parts;
    private readonly byte[] _contentType;
    private readonly int[] _ends;
    private readonly long[] _firstNeeded;
    private readonly Segment _lines;

    private MultipartRanges(ByteSpan[] parts, byte[] type, int[] ends, Segment lines)
    {
        _parts = parts;
        _contentType = type;
        _ends = ends;
        _lines = lines;
        Length = ends[^1] + parts.Sum(part => part.Length);
        _firstNeeded = new long[parts.Length];
        for (var i = parts.Length - 1; i >= 0; i--)
            _firstNeeded[i] = Math.Min(parts[i].Start, FirstNeededFrom(i + 1));
    }

    public int Count => _parts.Length;

    /// <summary>What separates the parts. It is random, so that no body can be written to hold it.</summary>
    public ReadOnlySpan<byte> Boundary => _contentType.AsSpan(TypeBeforeBoundary.Length);

    /// <summary>Content-Type of the message, which names the boundary.</summary>
    public ReadOnlySpan<byte> ContentType => _contentType;

    private static ReadOnlySpan<byte> TypeBeforeBoundary => "multipart/byteranges; boundary="u8;

    /// <summary>Bytes of the whole message.</summary>
    public long Length { get; }

    /// <summary>Makes the lines.</summary>
    /// <param name="contentType">That of the whole; empty for none.</param>
    /// <param name="total">Bytes of the whole.</param>
    /// <returns>Null when there is no memory.</returns>
    public static MultipartRanges? TryCreate(SegmentPool pool, ByteSpan[] parts, ReadOnlySpan<byte> contentType, long total)
    {
        if (pool.TryRent((parts.Length + 1) * (LinesMaximum + contentType.Length)) is not { } lines)
            return null;
        var type = new byte[TypeBeforeBoundary.Length + BoundaryLength];
        TypeBeforeBoundary.CopyTo(type);
        var boundary = type.AsSpan(TypeBeforeBoundary.Length);
        Span<byte> random = stackalloc byte[BoundaryLength / 2];
        RandomNumberGenerator.Fill(random);
        Convert.TryToHexStringLower(random, boundary, out _);
        var ends = new int[parts.Length + 1];
        var writer = new HeadWriter(lines.Memory.Span);
        for (var i = 0; i < parts.Length; i++)
        {
            writer.Raw(i == 0 ? "--"u8 : "\r\n--"u8);
            writer.Raw(boundary);
            writer.Raw("\r\n"u8);
            if (!contentType.IsEmpty)
                writer.Field("Content-Type"u8, contentType);
            writer.ContentRange(new ContentRange(parts[i].Start, parts[i].End - 1, total));
            writer.End();
            ends[i] = writer.Length;
        }

        writer.Raw("\r\n--"u8);
        writer.Raw(boundary);
        writer.Raw("--\r\n"u8);
        ends[^1] = writer.Length;
        return new MultipartRanges(parts, type, ends, lines);
    }

    public ByteSpan Part(int index) => _parts[index];

    /// <summary>The first byte of the body that this part or a later one needs; beyond all bytes behind the last.</summary>
    public long FirstNeededFrom(int index) => index < _firstNeeded.Length ? _firstNeeded[index] : long.MaxValue;

    /// <summary>What precedes a part; behind the last one, what ends the message.</summary>
    public NativeSlice LinesBefore(int index)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        return _lines.Memory.Slice(start, _ends[index] - start);
    }

    public void Release() => _lines.Release();
}
