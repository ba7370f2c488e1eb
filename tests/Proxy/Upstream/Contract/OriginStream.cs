using System.Net.Security;
using System.Net.Sockets;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>The bytes of a connection that an origin has accepted, in plaintext or in TLS.</summary>
/// <param name="bytes">What carries them.</param>
/// <param name="socket">The socket below.</param>
internal sealed class OriginStream(Stream bytes, Socket socket) : Stream
{
    // One write at a time, as TLS has it: a test may write beside what serves the connection.
    private readonly SemaphoreSlim _writing = new(1);

    public Socket Socket => socket;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the stream in order: with close_notify, where there is TLS.</summary>
    public async Task EndAsync()
    {
        if (bytes is not SslStream tls)
            return;
        await _writing.WaitAsync();
        try
        {
            await tls.ShutdownAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    public override void Flush() => bytes.Flush();

    public override int Read(byte[] buffer, int offset, int count) => bytes.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => bytes.Write(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        bytes.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await bytes.WriteAsync(buffer, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        bytes.ReadAsync(buffer, offset, count, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            bytes.Dispose();
            _writing.Dispose();
        }

        base.Dispose(disposing);
    }
}
