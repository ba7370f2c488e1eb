using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>One client on a thread of its own: takes the next request that is due, waits for its time, sends it, and reads the
/// response.</summary>
internal sealed class PacedClient(IPaceClock clock, ClientConnector connector, byte[] request, bool isConnectionPerRequest)
{
    private readonly ResponseReader _reader = new();
    private Stream? _connection;

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>How late the thread woke for requests that it waited for.</summary>
    public LatencyHistogram Waking { get; } = new();

    /// <summary>Requests without a whole response.</summary>
    public long Failed { get; private set; }

    /// <summary>Why the first of them failed.</summary>
    public string? Said { get; private set; }

    /// <summary>Opens the connection before the start, where it is kept.</summary>
    public void Prepare()
    {
        if (!isConnectionPerRequest)
            Connect();
    }

    /// <param name="limit">When to leave the rest, in ticks of <see cref="Stopwatch"/>.</param>
    public void Run(Arrivals arrivals, long limit)
    {
        clock.Prepare();
        while (clock.Now < limit && arrivals.TryTake(out var due))
        {
            if (clock.Now < due)
            {
                clock.WaitUntil(due);
                Waking.Record(NanosecondsSince(due));
            }

            try
            {
                Exchange();
                Latencies.Record(NanosecondsSince(due));
            }
            catch (Exception exception) when (exception is BenchException or IOException or SocketException or AuthenticationException)
            {
                Failed++;
                Said ??= exception.Message;
                Disconnect();
            }
        }

        Disconnect();
    }

    private long NanosecondsSince(long due) => (long)((clock.Now - due) * (1e9 / Stopwatch.Frequency));

    private void Exchange()
    {
        var stream = _connection ?? Connect();
        stream.Write(request);
        if (!_reader.Read(out _) || isConnectionPerRequest)
            Disconnect();
    }

    private Stream Connect()
    {
        _connection = connector.Open();
        _reader.Attach(_connection);
        return _connection;
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
