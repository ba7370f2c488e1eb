using System.Net.Sockets;

namespace TlsProxy.Proxy.Origin;

/// <summary>A connection to the origin. SocketsHttpHandler repeats a request, up to three times, whenever a connection ends before the first byte of an
/// answer. On a kept connection that is right: the origin may have closed it for idleness. On a fresh one the origin has failed this very request, and
/// repeating it would multiply the load on an origin in trouble; an exception other than IOException isn't repeated.</summary>
internal sealed class OriginStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private bool _answered;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        OccupiedConnection.Note(this);
        return base.WriteAsync(buffer, cancellationToken);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_answered)
            return await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        try
        {
            var count = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count > 0)
                _answered = true;
            else if (!buffer.IsEmpty)
                throw new OriginSilentException();
            return count;
        }
        catch (IOException broken)
        {
            throw new OriginSilentException(broken);
        }
    }
}
