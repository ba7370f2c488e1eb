using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>Opens connections to the origin under a deadline of their own. Each address of the origin's name gets an equal share of the
/// time that is left, so that one which swallows packets leaves time for the others.</summary>
internal sealed class OriginConnector(OriginOptions options, TimeProvider time)
{
    /// <exception cref="OriginConnectException">There is no connection.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, cancellation).ConfigureAwait(false);
        for (var i = 0; ; i++)
        {
            var share = (options.ConnectTimeout - time.GetElapsedTime(began)) / (addresses.Length - i);
            try
            {
                var address = new IPEndPoint(addresses[i], context.DnsEndPoint.Port);
                var socket = await ConnectAsync(address, share, cancellation).ConfigureAwait(false);
                return new OriginStream(socket, address, context.InitialRequestMessage, new ConnectionAges(options, time));
            }
            catch (OriginConnectException failed) when (failed.Failure != OriginFailure.NoDescriptor && i < addresses.Length - 1)
            {
                // Another address may take it; the last one's failure is told.
                continue;
            }
        }
    }

    /// <returns>One address at least.</returns>
    private async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, either.Token).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
        }
        catch (SocketException unknown)
        {
            throw new OriginConnectException(OriginFailure.ConnectFailed, unknown);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested)
        {
            throw new OriginConnectException(OriginFailure.ConnectTimeout, late);
        }
    }

    private async ValueTask<Socket> ConnectAsync(IPEndPoint address, TimeSpan limit, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var socket = Open(address);
        var isConnected = false;
        try
        {
            await socket.ConnectAsync(address, either.Token).ConfigureAwait(false);
            isConnected = true;
            return socket;
        }
        catch (SocketException refused)
        {
            throw new OriginConnectException(OriginFailure.ConnectFailed, refused, address);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested)
        {
            throw new OriginConnectException(OriginFailure.ConnectTimeout, late, address);
        }
        finally
        {
            if (!isConnected)
                socket.Dispose();
        }
    }

    private Socket Open(IPEndPoint address)
    {
        try
        {
            var socket = options.Spare is { } spare ? spare.TryOpen(Create) : Create();
            return socket ?? throw new OriginConnectException(
                OriginFailure.NoDescriptor, new SocketException((int)SocketError.TooManyOpenSockets), address);
        }
        catch (SocketException refused)
        {
            throw new OriginConnectException(OriginFailure.ConnectFailed, refused, address);
        }

        Socket Create() => new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }
}
