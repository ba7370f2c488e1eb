using System.Diagnostics;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.SlowReaders;

/// <summary>Reads no more than so many bytes a second from a stream, in small pieces, so that the rest waits at the sender.</summary>
/// <param name="goesOn">Learns how many bytes have come; false ends the stream.</param>
internal sealed class PacedStream(Stream inner, IPaceClock clock, double bytesPerSecond, Func<int, bool> goesOn) : Stream
{
    /// <summary>Read at once: a record of TLS.</summary>
    private const int Piece = 16 * 1024;

    private long _next = clock.Now;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        clock.WaitUntil(_next);
        var read = inner.Read(buffer[..Math.Min(buffer.Length, Piece)]);
        // Time that the server was behind isn't made up for: a slow client has no more to give later.
        _next = Math.Max(_next, clock.Now) + (long)(read / bytesPerSecond * Stopwatch.Frequency);
        return goesOn(read) ? read : 0;
    }

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
