using System.Net.Sockets;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>One client on a thread of its own that asks for objects which no cache has.</summary>
/// <param name="connection">It is closed with the client.</param>
internal sealed class FillClient(Stream connection, string authority, IPaceClock clock) : IDisposable
{
    private readonly EntryRequests _requests = new(authority);
    private readonly ResponseReader _reader = new(bufferBytes: 16 * 1024);

    /// <summary>Whole responses.</summary>
    public long Filled { get; private set; }

    /// <summary>Why it ended before its time; null where it didn't.</summary>
    public string? Said { get; private set; }

    /// <param name="arrivals">Shared with the other clients.</param>
    /// <param name="first">The number of the first object of all clients.</param>
    /// <param name="limit">When to leave the rest, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    public void Run(Arrivals arrivals, long first, long limit)
    {
        clock.Prepare();
        _reader.Attach(connection);
        try
        {
            while (clock.Now < limit && arrivals.TryTake(out var due, out var index))
            {
                if (clock.Now < due)
                    clock.WaitUntil(due);
                connection.Write(_requests.Of(first + index));
                if (!_reader.Read(out _))
                    throw new BenchException("the server closed the connection behind a response");
                Filled++;
            }
        }
        catch (Exception exception) when (exception is BenchException or IOException or SocketException)
        {
            Said = exception.Message;
        }
    }

    public void Dispose() => connection.Dispose();
}
