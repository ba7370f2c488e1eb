using System.Net.Sockets;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.SlowReaders;

/// <summary>A client on a thread of its own that asks for one object after the other and takes them slowly.</summary>
internal sealed class SlowReader : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly PacedStream _stream;
    private readonly IPaceClock _clock;
    private readonly byte[] _request;
    private readonly CountdownEvent _begun;
    private readonly ManualResetEventSlim _isOver;
    private bool _hasBegun;

    // Written by the reader's thread, read by the one that measures.
    private long _received;
    private volatile string? _said;

    /// <param name="connection">It is closed with the reader.</param>
    /// <param name="begun">Signalled once, when the first bytes have come or the reader has failed.</param>
    /// <param name="isOver">Set when the measurement is over; errors after that are none.</param>
    public SlowReader(
        Stream connection, IPaceClock clock, double bytesPerSecond, byte[] request, CountdownEvent begun, ManualResetEventSlim isOver)
    {
        _stream = new PacedStream(connection, clock, bytesPerSecond, Count);
        _clock = clock;
        _request = request;
        _begun = begun;
        _isOver = isOver;
    }

    /// <summary>Bytes so far.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Why it failed; null where it hasn't.</summary>
    public string? Said => _said;

    public void Run()
    {
        _clock.Prepare();
        try
        {
            var reader = new ResponseReader(BufferBytes);
            reader.Attach(_stream);
            while (!_isOver.IsSet)
            {
                _stream.Write(_request);
                if (!reader.Read(out _))
                    throw new BenchException("the server closed the connection behind a response");
            }
        }
        catch (Exception exception) when (exception is BenchException or IOException or SocketException)
        {
            if (!_isOver.IsSet)
                _said = exception.Message;
        }
        finally
        {
            Begin();
        }
    }

    public void Dispose() => _stream.Dispose();

    private bool Count(int read)
    {
        Volatile.Write(ref _received, _received + read);
        Begin();
        return !_isOver.IsSet;
    }

    private void Begin()
    {
        if (!_hasBegun)
            _begun.Signal();
        _hasBegun = true;
    }
}
