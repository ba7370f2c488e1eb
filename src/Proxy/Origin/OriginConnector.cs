using System.Net.Sockets;

namespace TlsProxy.Proxy.Origin;

/// <summary>Opens connections to the origin under a deadline of their own.</summary>
internal sealed class OriginConnector(OriginOptions options, TimeProvider time)
{
    /// <exception cref="OriginConnectException">There is no connection.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var socket = Open();
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, either.Token).ConfigureAwait(false);
            return new OriginStream(socket, context.InitialRequestMessage);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new OriginConnectException(OriginFailure.ConnectFailed, refused);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested)
        {
            socket.Dispose();
            throw new OriginConnectException(OriginFailure.ConnectTimeout, late);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket Open()
    {
        var socket = options.Spare is { } spare ? spare.TryOpen(Create) : Create();
        return socket
            ?? throw new OriginConnectException(OriginFailure.NoDescriptor, new SocketException((int)SocketError.TooManyOpenSockets));

        static Socket Create() => new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }
}
