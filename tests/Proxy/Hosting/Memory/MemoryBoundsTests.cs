using System.Globalization;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Hosting.Doctor;
using TlsProxy.Proxy.Hosting.Memory;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Hosting.Memory;

/// <summary>Each structure that strangers can fill takes no more than its bound. Memory of the whole process is measured, so nothing else
/// runs meanwhile.</summary>
[Collection("alone")]
public sealed class MemoryBoundsTests
{
    // What the runtime itself allocates while a test measures.
    private const int Noise = 128 * 1024;

    private static readonly string LongValue = new('v', 15_000);

    [Theory]
    [InlineData(1)]
    [InlineData(FetchShards.DefaultCount)]
    public void Keys_of_hit_for_miss(int shards)
    {
        var held = HeldBytes.Of(() =>
        {
            var keys = Enumerable.Range(0, shards).Select(_ => new HitForMissKeys(HitForMissKeys.CountMaximum / shards)).ToArray();
            for (var i = 0; i < 2 * HitForMissKeys.CountMaximum; i++)
                keys[i % shards].Add(KeyHash.Of(i.ToString(CultureInfo.InvariantCulture)), now: i / 1000);
            return keys;
        });
        Assert.True(held <= ((long)HitForMissKeys.CountMaximum * HitForMissKeys.MarkBytes) + Noise, $"{held} bytes are held");
    }

    [Fact]
    public void Vary_values_that_entries_share()
    {
        var response = Messages.Response(200, "Vary: Foo");
        VaryKey last = VaryKey.Of(response, Messages.Request());
        var held = HeldBytes.Of(() =>
        {
            for (var i = 0; i < 20 * CommonValues<VaryKey>.KnownMaximum; i++)
                last = VaryKey.Of(response, Messages.Request(fields: $"Foo: {i:D700}"));
            return last;
        });
        Assert.InRange(last.AllocatedBytes, VaryKey.CommonBytesMaximum * 3 / 4, VaryKey.CommonBytesMaximum);
        Assert.InRange(held, 0, (CommonValues<VaryKey>.KnownMaximum * (long)VaryKey.CommonBytesMaximum) + Noise);
    }

    [Fact]
    public void A_tally()
    {
        var held = HeldBytes.Of(() =>
        {
            var tallies = Enumerable.Range(0, 100).Select(_ => new Tally()).ToArray();
            foreach (var tally in tallies)
            {
                for (var i = 0; i < 1000; i++)
                    tally.Count(new string('n', i % 200) + i.ToString(CultureInfo.InvariantCulture));
            }

            return tallies;
        });
        Assert.True(held <= (100L * Tally.BytesMaximum) + Noise, $"{held} bytes are held");
    }

    [Fact]
    public void An_access_log_whose_file_takes_nothing()
    {
        using var file = new BlockedStream();
        AccessLog? log = null;
        var line = new byte[1000];
        var held = HeldBytes.Of(() =>
        {
            log = new AccessLog(() => file);
            log.Write(line);
            file.Reached.Wait(TestContext.Current.CancellationToken);
            for (var i = 0; i < 10_000; i++)
                log.Write(line);
            return log;
        });
        Assert.True(log!.Lost > 0);
        file.Open();
        log.Dispose();
        Assert.True(held <= AccessLog.BytesMaximum + Noise, $"{held} bytes are held");
    }

    [Fact]
    public void Pipelined_requests()
    {
        const int record = 16 * 1024;
        var held = HeldBytes.Of(() =>
        {
            var inputs = Enumerable.Range(0, 50).Select(_ => new InputBuffer()).ToArray();
            foreach (var input in inputs)
            {
                // The client is slowed down once more than the limit is there; one receive may be under way then.
                while (input.Length <= ConnectionBytes.PipelinedMaximum + record)
                    input.Append(new byte[record]);
                Assert.InRange(input.Capacity, input.Length, ConnectionBytes.InputMaximum);
            }

            return inputs;
        });
        Assert.True(held <= (50L * ConnectionBytes.InputMaximum) + Noise, $"{held} bytes are held");
    }

    [Fact]
    public void Bodies_of_requests()
    {
        using var pool = new SegmentPool();
        var held = HeldBytes.Of(() =>
        {
            var bodies = Enumerable.Range(0, 50)
                .Select(_ => new RequestBody(null, new ManualMailbox(), new CountingWriter(), pool)).ToArray();
            foreach (var body in bodies)
                Assert.Equal(RequestBody.DefaultCapacity, body.Write(new byte[2 * RequestBody.DefaultCapacity]));
            return bodies;
        }) + pool.MappedBytes;
        Assert.True(held <= (50L * FetchBytes.RequestBodyMaximum) + Noise, $"{held} bytes are held");
    }

    [Fact]
    public async Task Heads_of_requests_on_their_way()
    {
        const int count = 40;
        using var arrived = new CountdownEvent(count + 1);
        await using var origin = new WireOrigin(async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            arrived.Signal();
            await Task.Delay(Timeout.Infinite, end);
        });
        // The first brings what is there once.
        Send(origin, 1);
        var held = HeldBytes.Of(() =>
        {
            var sent = Send(origin, count);
            Assert.True(arrived.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
            return sent;
        });
        Assert.True(held <= (count * (long)FetchBytes.RequestHeadMaximum) + (1 << 20), $"{held} bytes are held");
    }

    [Fact]
    public void The_sum_grows_with_each_option()
    {
        var shape = new MemoryShape { CacheBytes = 1 << 28, Workers = 2, Connections = 1000, Handshakes = 256, UnwatchedRequests = 100 };
        var sum = Sum(shape);
        const int connection = ConnectionBytes.Maximum + BodyWindow.ScarceBytesHeld + FetchBytes.Maximum;
        Assert.Equal(sum + connection, Sum(shape with { Connections = 1001 }));
        Assert.Equal(sum + WorkerBytes.Maximum, Sum(shape with { Workers = 3 }));
        Assert.Equal(sum + HandshakeLimits.HeldBytes, Sum(shape with { Handshakes = 257 }));
        Assert.Equal(sum + FetchBytes.Maximum, Sum(shape with { UnwatchedRequests = 101 }));
        Assert.Equal(sum + (1 << 29) - (1 << 27), Sum(shape with { CacheBytes = 1 << 30 }));
    }

    [Fact]
    public void The_connections_advised_are_the_most_that_fit()
    {
        var shape = new MemoryShape { CacheBytes = 1 << 28, Workers = 2, Connections = 100_000, Handshakes = 256, UnwatchedRequests = 100 };
        const long memory = 4L << 30;

        var connections = MemoryBounds.ConnectionsWithin(shape, memory);

        Assert.InRange(shape.CacheBytes + Sum(shape with { Connections = connections }), 0, memory);
        Assert.InRange(shape.CacheBytes + Sum(shape with { Connections = connections + 1 }), memory + 1, long.MaxValue);
        Assert.InRange(MemoryBounds.ConnectionsWithin(shape, 1 << 28), long.MinValue, 0);
    }

    [Theory]
    [InlineData(4L << 30, "the process may use 4096 MiB: --max-connections ")]
    [InlineData(1L << 28, "the process may use 256 MiB: lower --cache-size")]
    public void The_doctor_says_with_how_many_connections_it_fits(long memory, string advice)
    {
        var shape = new MemoryShape { CacheBytes = 1 << 28, Workers = 2, Connections = 100_000, Handshakes = 256, UnwatchedRequests = 100 };
        var all = MemoryExamination.Run(() => shape, memory).Last();
        Assert.False(all.Works);
        Assert.Contains(advice, all.Text, StringComparison.Ordinal);
        Assert.True(MemoryExamination.Run(() => shape, long.MaxValue).Last().Works);
    }

    private static long Sum(MemoryShape shape) => MemoryBounds.Of(shape).Sum(bound => bound.Bytes);

    private static object[] Send(WireOrigin origin, int count) => [.. Enumerable.Range(0, count).Select(object (_) =>
    {
        // As large as a head may be, in a target and a field.
        var request = Messages.Request("/" + LongValue, "GET", "X: " + LongValue);
        var fields = new ForwardedFields().Build(request, Routes.One, new ForwardedClient("127.0.0.1", false), shared: true);
        var forwarded = new OriginRequest
        {
            Method = KnownMethod.Get,
            MethodText = request.MethodText.ToArray(),
            Target = request.Target.ToArray(),
            Fields = fields,
        };
        return (request, origin.Send(forwarded));
    })];
}
