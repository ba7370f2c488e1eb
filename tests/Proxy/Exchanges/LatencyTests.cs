using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Proxy.Tests.Workers;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>What a request leaves in the histograms of its worker.</summary>
public sealed class LatencyTests : IDisposable
{
    private readonly TurnedWorker _worker = new("epoll");

    private WorkerLatencies Latencies => _worker.Worker.Counters.Latencies;

    private (long First, long Whole, long Upstream) Counts =>
        (CountOf(Latencies.FirstByte), CountOf(Latencies.Response), CountOf(Latencies.Upstream));

    public void Dispose() => _worker.Dispose();

    [Fact]
    public void An_answer_of_the_proxy_itself_has_a_first_byte_and_an_end()
    {
        var client = _worker.ConnectKept();
        TurnedWorker.Ask(client);
        _worker.Read(client);

        _worker.TurnUntil(() => Counts.Whole == 2);

        Assert.Equal((2, 2, 0), Counts);
        Assert.InRange(Latencies.FirstByte.Sum, 0, Latencies.Response.Sum);
    }

    [Fact]
    public void A_miss_waits_for_the_origin_and_a_hit_does_not()
    {
        var client = _worker.Connect();
        client.Send("GET /object/a HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        _worker.TurnUntil(() => _worker.Origin.Sinks.Count == 1);
        Assert.Equal((0, 0, 0), Counts);

        _worker.Origin.Answer(0, Messages.Response(200, "Content-Length: 4", "Cache-Control: max-age=60"), "body");
        _worker.Read(client);
        _worker.TurnUntil(() => Counts.Whole == 1);
        Assert.Equal((1, 1, 1), Counts);

        client.Send("GET /object/a HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        _worker.Read(client);
        _worker.TurnUntil(() => Counts.Whole == 2);
        Assert.Equal((2, 2, 1), Counts);
    }

    [Fact]
    public void A_failure_of_the_origin_ends_the_wait_for_it()
    {
        var client = _worker.Connect();
        client.Send("GET /object/a HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        _worker.TurnUntil(() => _worker.Origin.Sinks.Count == 1);

        _worker.Origin.Sinks[0].OnFailed(OriginFailure.ConnectFailed);
        Assert.StartsWith("HTTP/1.1 502", _worker.Read(client), StringComparison.Ordinal);

        _worker.TurnUntil(() => Counts.Whole == 1);
        Assert.Equal((1, 1, 1), Counts);
    }

    [Fact]
    public void A_response_that_is_cut_has_a_first_byte_and_no_end()
    {
        var client = _worker.Connect();
        client.Send("GET /object/a HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        _worker.TurnUntil(() => _worker.Origin.Sinks.Count == 1);
        _worker.Origin.Sinks[0].OnHead(Messages.Response(200, "Content-Length: 400"));
        _worker.Origin.TrySend(0, "beginning"u8);
        _worker.Read(client);
        _worker.TurnUntil(() => Counts.First == 1);

        _worker.Origin.Sinks[0].OnFailed(OriginFailure.ConnectFailed);
        _worker.TurnUntil(() => _worker.Open == 0);

        Assert.Equal((1, 0, 1), Counts);
    }

    [Fact]
    public void An_unreadable_request_leaves_nothing()
    {
        var client = _worker.Connect();
        client.Send("nonsense\r\n\r\n"u8);
        Assert.StartsWith("HTTP/1.1 400", _worker.Read(client), StringComparison.Ordinal);
        _worker.TurnUntil(() => _worker.Worker.Counters.SentBytes > 0);

        Assert.Equal((0, 0, 0), Counts);
    }

    private static long CountOf(LatencyHistogram histogram) => HistogramSnapshot.Merge(histogram).Count;
}
