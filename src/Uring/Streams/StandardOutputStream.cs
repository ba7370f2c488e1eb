using Microsoft.Win32.SafeHandles;
using TlsProxy.Uring.Interop;
using static TlsProxy.Uring.Interop.PollConstants;

namespace TlsProxy.Uring.Streams;

/// <summary>Standard output as a stream that writes by write(2) alone. The console's stream takes a lock that standard error shares: a
/// reader of one that has stopped reading would hold up the other.</summary>
public sealed unsafe class StandardOutputStream : Stream
{
    private const int Number = 1;

    private readonly SafeFileHandle _handle = new(Number, ownsHandle: false);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes all bytes; waits where the reader is slower, also where the descriptor doesn't block.</summary>
    /// <exception cref="IOException">The bytes can't be written: the disk is full or the reader has gone.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* bytes = buffer)
                written = Libc.write(_handle, bytes, (nuint)buffer.Length);
            if (written >= 0)
                buffer = buffer[(int)written..];
            else
                WaitOrThrow(Libc.LastError);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _handle.Dispose();
        base.Dispose(disposing);
    }

    private static void WaitOrThrow(Errno error)
    {
        if (error == Errno.EINTR)
            return;
        if (error != Errno.EAGAIN)
            throw new IOException($"writing to standard output answered {error}");
        var entry = new PollEntry { Fd = Number, Events = POLLOUT };
        _ = Libc.poll(&entry, 1, -1);
    }
}
