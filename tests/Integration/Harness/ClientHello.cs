using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>The first flight of the runtime's TLS client, as bytes to play with.</summary>
internal static class ClientHello
{
    public static async Task<byte[]> CaptureAsync(SslProtocols protocol)
    {
        var sent = new Pipe();
        var never = new Pipe();
        using var cancellation = new CancellationTokenSource();
        await using var tls = new SslStream(new DuplexStream(never.Reader.AsStream(), sent.Writer.AsStream()), leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocol,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        var handshake = tls.AuthenticateAsClientAsync(options, cancellation.Token);
        var read = await sent.Reader.ReadAsync(CancellationToken.None);
        var hello = System.Buffers.BuffersExtensions.ToArray(read.Buffer);
        await cancellation.CancelAsync();
        await Assert(handshake);
        return hello;
    }

    private static async Task Assert(Task handshake)
    {
        try
        {
            await handshake;
            throw new InvalidOperationException("A handshake ended without a server.");
        }
        catch (OperationCanceledException)
        {
            // It can't go on: nobody answers.
            return;
        }
    }

    /// <summary>Reads from one stream and writes to another.</summary>
    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
