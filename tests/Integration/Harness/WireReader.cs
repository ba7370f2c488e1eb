using System.Text;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Buffered reading of lines and bytes from a stream.</summary>
internal sealed class WireReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next line without its CRLF; null where the stream ends before one.</summary>
    public async ValueTask<string?> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new MemoryStream();
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line.Write(_buffer, _start, length + 1);
                _start += length + 1;
                return Encoding.Latin1.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r', '\n');
            }
            line.Write(_buffer, _start, _end - _start);
            _start = _end;
            if (!await FillAsync(cancellation))
                return null;
        }
    }

    /// <summary>What is there, at most as much as fits; 0 at the end of the stream.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        if (_start == _end)
            return await stream.ReadAsync(destination, cancellation);

        var length = Math.Min(destination.Length, _end - _start);
        _buffer.AsMemory(_start, length).CopyTo(destination);
        _start += length;
        return length;
    }

    /// <exception cref="EndOfStreamException">The stream ended before.</exception>
    public async ValueTask ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        while (!destination.IsEmpty)
        {
            var length = await ReadAsync(destination, cancellation);
            if (length == 0)
                throw new EndOfStreamException($"The stream ended {destination.Length} bytes too early.");
            destination = destination[length..];
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        _start = 0;
        _end = await stream.ReadAsync(_buffer, cancellation);
        return _end > 0;
    }
}
