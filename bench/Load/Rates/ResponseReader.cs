using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>Reads responses of HTTP/1.1 off a connection and forgets their bodies.</summary>
/// <param name="bufferBytes">Read at once, and the longest line of a head.</param>
internal sealed class ResponseReader(int bufferBytes = 256 * 1024)
{
    /// <summary>Where the bytes would go that the kernel drops instead; nothing is ever written to it.</summary>
    private static readonly byte[] Dropped = new byte[1024 * 1024];

    private readonly byte[] _buffer = new byte[bufferBytes];
    private Stream _stream = Stream.Null;
    private Socket? _socket;
    private int _start;
    private int _end;

    /// <summary>Goes on with a new connection.</summary>
    public void Attach(Stream stream)
    {
        _stream = stream;
        _socket = (stream as NetworkStream)?.Socket;
        _start = _end = 0;
    }

    /// <summary>Reads one response to a GET to its end (RFC 9112, section 6.3).</summary>
    /// <param name="body">Bytes of the body.</param>
    /// <returns>Whether the connection can carry another request.</returns>
    /// <exception cref="BenchException">The status isn't 200, or the response is cut short.</exception>
    public bool Read(out long body)
    {
        var line = Line();
        if (!line.StartsWith("HTTP/1.1 200"u8))
            throw new BenchException($"the server answered \"{Encoding.ASCII.GetString(line)}\"");
        var length = -1L;
        var isChunked = false;
        var isKept = true;
        while (Line() is { Length: > 0 } field)
        {
            if (Value(field, "content-length:"u8) is { Length: > 0 } text && Utf8Parser.TryParse(text, out long number, out _))
                length = number;
            isChunked |= Value(field, "transfer-encoding:"u8).EndsWith("chunked"u8);
            isKept &= !Value(field, "connection:"u8).SequenceEqual("close"u8);
        }

        if (isChunked)
            body = SkipChunks();
        else if (length >= 0)
            Skip(body = length);
        else
            body = SkipAll(out isKept);
        return isKept;
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name) =>
        field.Length > name.Length && Ascii.EqualsIgnoreCase(field[..name.Length], name) ? field[name.Length..].Trim(" \t"u8) : default;

    private long SkipChunks()
    {
        var body = 0L;
        while (true)
        {
            if (!Utf8Parser.TryParse(Line(), out long size, out _, 'x'))
                throw new BenchException("the server sent a chunk without a size");
            if (size == 0)
                break;
            Skip(size);
            Skip(2);
            body += size;
        }

        while (Line().Length > 0)
        {
            // Trailer fields.
        }

        return body;
    }

    private long SkipAll(out bool isKept)
    {
        isKept = false;
        long body = _end - _start;
        while (_stream.Read(_buffer) is > 0 and var read)
            body += read;
        _start = _end = 0;
        return body;
    }

    /// <summary>A line without its end; valid until the next call.</summary>
    private ReadOnlySpan<byte> Line()
    {
        var searched = _start;
        while (true)
        {
            var found = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = _buffer.AsSpan(_start, searched + found - _start);
                _start = searched + found + 1;
                return line.EndsWith("\r"u8) ? line[..^1] : line;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            searched = _end;
            if (_end == _buffer.Length)
                throw new BenchException($"the server sent a line longer than {_buffer.Length / 1024} KiB");
            Fill(_end);
        }
    }

    private void Skip(long bytes)
    {
        while (bytes > _end - _start)
        {
            bytes -= _end - _start;
            _start = _end = 0;
            if (_socket is { } plain)
                bytes -= Drop(plain, bytes);
            else
                Fill(0);
        }

        _start += (int)bytes;
    }

    /// <summary>Has the kernel drop bytes of a body in plaintext (tcp(7), MSG_TRUNC): copying them would cost the client as much as sending
    /// them costs the server.</summary>
    private static int Drop(Socket plain, long bytes)
    {
        var dropped = plain.Receive(Dropped.AsSpan(0, (int)Math.Min(bytes, Dropped.Length)), SocketFlags.Truncated);
        return dropped > 0 ? dropped : throw CutShort();
    }

    private static BenchException CutShort() => new("the server closed the connection before the end of its response");

    private void Fill(int from)
    {
        var read = _stream.Read(_buffer, from, _buffer.Length - from);
        if (read == 0)
            throw CutShort();
        _end = from + read;
    }
}
