using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>A connection to the origin. It carries a request only when nothing has come since the answer before: SocketsHttpHandler gives a
/// connection to a waiting request without a look at it, and reads ahead on those that it keeps, so bytes behind an answer would become the
/// next request's answer. Its reads and writes are asynchronous ones only, as the handler's are.</summary>
/// <param name="socket">The connected socket, which the stream owns.</param>
/// <param name="address">Where it is connected to.</param>
/// <param name="openedFor">The request for which the handler opened the connection; another one may be the first to use it.</param>
internal sealed class OriginStream(Socket socket, IPEndPoint address, HttpRequestMessage openedFor, ConnectionAges ages)
    : NetworkStream(socket, ownsSocket: true)
{
    // Guards the fields below: a read ahead waits on one thread while a request begins on another. The look at the socket and the beginning
    // are one step, so a read that sees no new request knows that what came was unasked.
    private readonly Lock _lock = new();
    private OccupiedConnection? _occupant;
    private bool _isUnfit;
    private bool _wasKept;
    private bool _answered;

    public IPEndPoint Address { get; } = address;

    /// <exception cref="UnfitConnectionException">The connection can't carry a new request.</exception>
    /// <exception cref="OriginSilentException">The connection ended before the first byte of an answer.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!TryOccupy())
            throw new UnfitConnectionException();
        try
        {
            await base.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            ages.Note();
        }
        catch (IOException broken)
        {
            throw Silent(broken);
        }
    }

    /// <exception cref="UnfitConnectionException">Bytes or the end came while no request was waiting for an answer.</exception>
    /// <exception cref="OriginSilentException">The connection ended before the first byte of an answer.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        OccupiedConnection? occupant;
        bool answered;
        lock (_lock)
        {
            occupant = _occupant;
            answered = _answered;
        }

        if (occupant is not null && !answered)
            return ReadFirstAsync(buffer, cancellationToken);
        // What the handler reads outside the flow of the request that is being answered, it reads ahead.
        return occupant is not null && ReferenceEquals(occupant, OccupiedConnection.Current)
            ? ReadFurtherAsync(buffer, cancellationToken)
            : ReadAheadAsync(buffer, occupant, cancellationToken);
    }

    /// <summary>Takes the connection for the request in whose flow the caller writes, unless it has it already.</summary>
    private bool TryOccupy()
    {
        var writer = OccupiedConnection.Current;
        lock (_lock)
        {
            if (_isUnfit || writer is null)
                return false;
            if (ReferenceEquals(writer, _occupant))
                return true;
            // On a connection of its own a request takes what comes: there is nobody else whose it could be.
            var isKept = _occupant is not null || !ReferenceEquals(writer.Message, openedFor);
            if (isKept && (ages.AreOver || HasInput()))
            {
                _isUnfit = true;
                return false;
            }

            _wasKept = isKept;
            _answered = false;
            _occupant = writer;
        }

        writer.Note(this);
        return true;
    }

    private async ValueTask<int> ReadFurtherAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            await WaitForInputAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }

        var count = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        ages.Note();
        return count;
    }

    /// <summary>Waits on an idle connection without taking a byte out of the socket, where the next request's own look finds it
    /// too.</summary>
    private async ValueTask<int> ReadAheadAsync(Memory<byte> buffer, OccupiedConnection? before, CancellationToken cancellationToken)
    {
        await WaitForInputAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (ReferenceEquals(_occupant, before))
            {
                _isUnfit = true;
                throw new UnfitConnectionException();
            }
        }

        return await ReadFirstAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WaitForInputAsync(CancellationToken cancellationToken)
    {
        // A wait may end without cause, by an event about bytes that have been read.
        while (!HasInput())
            await base.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var count = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0 && !buffer.IsEmpty)
                throw Silent(null);
            if (count > 0)
            {
                ages.Note();
                lock (_lock)
                    _answered = true;
            }

            return count;
        }
        catch (IOException broken)
        {
            throw Silent(broken);
        }
    }

    private OriginSilentException Silent(IOException? broken)
    {
        lock (_lock)
            return new OriginSilentException(_wasKept, broken);
    }

    /// <summary>Whether bytes, the end or an error wait in the socket.</summary>
    private bool HasInput()
    {
        try
        {
            return Socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }
}
