using System.Globalization;
using TlsProxy.Integration.Tests.Harness;

namespace TlsProxy.Soak.Clients;

/// <summary>Reads the body of a response piece by piece, so that it can be checked, read slowly, or left.</summary>
internal sealed class ResponseBody(WireReader reader, MessageHead head, CancellationToken limit)
{
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Reads it to its end.</summary>
    /// <param name="onPiece">Gets each piece; returns whether to go on.</param>
    /// <returns>False where the connection ended before, or where the caller stopped.</returns>
    /// <exception cref="InvalidDataException">The message has no framing, or a broken one.</exception>
    public async Task<bool> ReadAsync(Func<ReadOnlyMemory<byte>, ValueTask<bool>> onPiece)
    {
        if (head.Status is 204 or 304)
            return true;
        if (head["Transfer-Encoding"] == "chunked")
            return await ReadChunksAsync(onPiece);
        if (head["Content-Length"] is { } length)
            return await ReadPiecesAsync(long.Parse(length, CultureInfo.InvariantCulture), onPiece);
        throw new InvalidDataException("neither a length nor chunks");
    }

    private async Task<bool> ReadChunksAsync(Func<ReadOnlyMemory<byte>, ValueTask<bool>> onPiece)
    {
        while (await reader.ReadLineAsync(limit) is { } line)
        {
            if (!long.TryParse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
                throw new InvalidDataException($"'{line}' in place of the size of a chunk");
            if (size == 0)
                return await ReadTrailerAsync();
            if (!await ReadPiecesAsync(size, onPiece))
                return false;
            if (await reader.ReadLineAsync(limit) is { Length: > 0 } rest)
                throw new InvalidDataException($"'{rest}' behind a chunk");
        }
        return false;
    }

    private async Task<bool> ReadTrailerAsync()
    {
        while (await reader.ReadLineAsync(limit) is { } line)
            if (line.Length == 0)
                return true;
        return false;
    }

    private async Task<bool> ReadPiecesAsync(long length, Func<ReadOnlyMemory<byte>, ValueTask<bool>> onPiece)
    {
        while (length > 0)
        {
            var read = await reader.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(_buffer.Length, length)), limit);
            if (read == 0 || !await onPiece(_buffer.AsMemory(0, read)))
                return false;
            length -= read;
        }
        return true;
    }
}
