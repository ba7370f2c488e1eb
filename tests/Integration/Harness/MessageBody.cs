using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Reading of whole message bodies.</summary>
internal static class MessageBody
{
    /// <summary>The body that belongs to <paramref name="head"/>.</summary>
    /// <exception cref="EndOfStreamException">It was cut short.</exception>
    public static async Task<byte[]> ReadAsync(WireReader reader, MessageHead head, bool untilClose, CancellationToken cancellation)
    {
        if (head["Transfer-Encoding"] is { } coding && coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            return await ReadChunkedAsync(reader, cancellation);

        if (head["Content-Length"] is { } length)
        {
            var body = new byte[long.Parse(length, CultureInfo.InvariantCulture)];
            await reader.ReadExactlyAsync(body, cancellation);
            return body;
        }
        return untilClose ? await ReadToEndAsync(reader, cancellation) : [];
    }

    private static async Task<byte[]> ReadChunkedAsync(WireReader reader, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = await reader.ReadLineAsync(cancellation)
                ?? throw new EndOfStreamException("The stream ended before the final chunk.");
            var chunk = new byte[int.Parse(size.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)];
            await reader.ReadExactlyAsync(chunk, cancellation);
            body.Write(chunk);
            if (chunk.Length > 0)
            {
                if (await reader.ReadLineAsync(cancellation) is not "")
                    throw new InvalidDataException("A chunk does not end in CRLF.");
                continue;
            }
            while (await reader.ReadLineAsync(cancellation) is { Length: > 0 })
                continue;
            return body.ToArray();
        }
    }

    private static async Task<byte[]> ReadToEndAsync(WireReader reader, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int length;
        while ((length = await reader.ReadAsync(buffer, cancellation)) > 0)
            body.Write(buffer, 0, length);
        return body.ToArray();
    }
}
