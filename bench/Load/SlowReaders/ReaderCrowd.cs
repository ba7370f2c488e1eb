using System.Diagnostics;
using System.Text;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.SlowReaders;

/// <summary>Many slow readers of one object, from when each has got its first bytes.</summary>
internal sealed class ReaderCrowd : IDisposable
{
    /// <summary>What a reader's kernel takes ahead, bytes: little, so that the server has to keep the rest.</summary>
    private const int ReceiveBuffer = 64 * 1024;

    private readonly List<SlowReader> _readers = [];
    private readonly List<Thread> _threads = [];
    private readonly ManualResetEventSlim _isOver = new();
    private readonly CountdownEvent _begun;
    private readonly long _since;
    private readonly long _received;

    /// <param name="url">Of the object.</param>
    /// <param name="bytesPerSecond">Of each.</param>
    /// <exception cref="BenchException">One of them got nothing.</exception>
    public ReaderCrowd(string url, int count, double bytesPerSecond, IPaceClock clock)
    {
        var target = new Uri(url);
        var request = Encoding.ASCII.GetBytes($"GET {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\n\r\n");
        var connector = new ClientConnector(target, ReceiveBuffer);
        _begun = new CountdownEvent(count);
        try
        {
            for (var i = 0; i < count; i++)
                _readers.Add(new SlowReader(connector.Open(), clock, bytesPerSecond, request, _begun, _isOver));
            _threads.AddRange(_readers.Select(reader => new Thread(reader.Run) { IsBackground = true }));
            _threads.ForEach(thread => thread.Start());
            _begun.Wait();
            Check();
        }
        catch (Exception)
        {
            Dispose();
            throw;
        }

        _since = Stopwatch.GetTimestamp();
        _received = _readers.Sum(reader => reader.Received);
    }

    /// <summary>Bytes a second that each has got on average since all had begun.</summary>
    /// <exception cref="BenchException">One of them failed.</exception>
    public double BytesPerSecond()
    {
        Check();
        return (_readers.Sum(reader => reader.Received) - _received) / Stopwatch.GetElapsedTime(_since).TotalSeconds / _readers.Count;
    }

    public void Dispose()
    {
        _isOver.Set();
        // A reader looks whether it is over with each piece it gets; one that gets none ends with its connection's time-out.
        _threads.ForEach(thread => thread.Join());
        _readers.ForEach(reader => reader.Dispose());
        _begun.Dispose();
        _isOver.Dispose();
    }

    private void Check()
    {
        if (_readers.Find(reader => reader.Said is not null) is { } failed)
            throw new BenchException($"a slow reader failed: {failed.Said}");
    }
}
