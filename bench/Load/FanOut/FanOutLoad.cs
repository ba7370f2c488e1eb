using System.Globalization;
using System.Text;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.FanOut;

/// <summary>Subscribers ask for one object that isn't there yet and get it while it arrives; then the same connections get the same bytes
/// from the cache.</summary>
/// <param name="origin">Behind the server.</param>
/// <param name="waitUntilQuiet">Returns when a server has nothing more to do.</param>
internal sealed class FanOutLoad(ArrivingOrigin origin, Action<Candidate> waitUntilQuiet)
{
    private int _objects;

    /// <param name="cell">Its connections are the subscribers.</param>
    /// <exception cref="BenchException">A subscriber didn't get the object, or the server asked the origin more than once.</exception>
    public FanOutSample Run(Candidate candidate, Cell cell)
    {
        // Each measurement has an object that no cache has.
        var target = new Uri(string.Create(CultureInfo.InvariantCulture, $"{candidate.Url}-{Interlocked.Increment(ref _objects)}"));
        var path = target.AbsolutePath;
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {target.Authority}\r\n\r\n");
        var connector = new ClientConnector(target);
        var subscribers = new List<Subscriber>();
        try
        {
            for (var i = 0; i < cell.Connections; i++)
                subscribers.Add(new Subscriber(connector.Open()));
            waitUntilQuiet(candidate);

            var arriving = Cost(candidate, () =>
            {
                subscribers.ForEach(subscriber => subscriber.Ask(request));
                // A server that has nothing more to do knows all its subscribers.
                waitUntilQuiet(candidate);
                origin.Release(path);
                Receive(subscribers, cell);
            });
            if (origin.Asked(path) is not 1 and var asked)
                throw new BenchException(string.Create(CultureInfo.InvariantCulture, $"{candidate.Name} asked the origin {asked} times"));
            waitUntilQuiet(candidate);

            var cached = Cost(candidate, () =>
            {
                subscribers.ForEach(subscriber => subscriber.Ask(request));
                Receive(subscribers, cell);
            });
            return new FanOutSample(arriving / cell.Connections, cached / cell.Connections);
        }
        finally
        {
            subscribers.ForEach(subscriber => subscriber.Dispose());
            origin.Release(path);
        }
    }

    private static void Receive(List<Subscriber> subscribers, Cell cell) =>
        Task.WhenAll(subscribers.Select(subscriber => subscriber.ReceiveAsync(cell.Object.Bytes))).GetAwaiter().GetResult();

    /// <returns>µs of the server's processor time.</returns>
    private static double Cost(Candidate candidate, Action load)
    {
        var before = candidate.ProcessorTime();
        load();
        return (candidate.ProcessorTime() - before) / 1000.0;
    }
}
