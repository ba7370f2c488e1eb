using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TlsProxy.Bench.Load.FanOut;

/// <summary>A client that asks on a kept connection and reads the response whenever it comes.</summary>
internal sealed class Subscriber(Stream stream) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly byte[] _buffer = new byte[32 * 1024];

    public void Ask(byte[] request) => stream.Write(request);

    /// <summary>Reads one response.</summary>
    /// <param name="expected">Bytes of the body.</param>
    /// <exception cref="BenchException">It isn't the object, or hasn't come whole in 120 s.</exception>
    public async Task ReceiveAsync(long expected)
    {
        using var limit = new CancellationTokenSource(Limit);
        long length = 0;
        try
        {
            var (head, held) = await HeadAsync(limit.Token).ConfigureAwait(false);
            Check(_buffer.AsSpan(0, head), expected);
            for (length = held - head; length < expected;)
                length += await ReadAsync(0, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new BenchException(string.Create(
                CultureInfo.InvariantCulture, $"a subscriber had {length} of {expected} bytes after {Limit.TotalSeconds:F0} s"));
        }
    }

    public void Dispose() => stream.Dispose();

    /// <returns>The length of the head, and of what was read with it.</returns>
    private async Task<(int Head, int Held)> HeadAsync(CancellationToken limit)
    {
        var held = 0;
        while (true)
        {
            held += await ReadAsync(held, limit).ConfigureAwait(false);
            var end = _buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
                return (end + 4, held);
            if (held == _buffer.Length)
                throw new BenchException("the server sent a head longer than 32 KiB");
        }
    }

    private async Task<int> ReadAsync(int from, CancellationToken limit)
    {
        var read = await stream.ReadAsync(_buffer.AsMemory(from), limit).ConfigureAwait(false);
        return read > 0 ? read : throw new BenchException("the server closed a subscriber's connection before the end of its response");
    }

    private static void Check(ReadOnlySpan<byte> head, long expected)
    {
        var line = head[..head.IndexOf("\r\n"u8)];
        if (!line.StartsWith("HTTP/1.1 200"u8))
            throw new BenchException($"the server answered a subscriber \"{Encoding.ASCII.GetString(line)}\"");
        foreach (var range in head.Split("\r\n"u8))
        {
            var field = head[range];
            const int NameLength = 15;
            if (field.Length > NameLength && Ascii.EqualsIgnoreCase(field[..NameLength], "content-length:"u8)
                && Utf8Parser.TryParse(field[NameLength..].Trim((byte)' '), out long length, out _) && length == expected)
                return;
        }

        throw new BenchException(string.Create(CultureInfo.InvariantCulture, $"a subscriber's response doesn't say its {expected} bytes"));
    }
}
