using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.FanOut;

public sealed class FanOutLoadTests
{
    private static readonly Payload Item = new(100_000);
    private static readonly Cell Cell = new(Transport.Plaintext, Item, 3, Work.Arrival);

    [Fact]
    public void Every_subscriber_gets_the_object_when_it_arrives_and_once_more()
    {
        using var origin = new ArrivingOrigin(port: 0, Item);
        using var server = new SharingServer(origin.Port);

        var sample = new FanOutLoad(origin, _ => { }).Run(server.Candidate, Cell);

        Assert.Equal(2 * Cell.Connections, server.Answered);
        Assert.True(sample.Arriving > 0, "this process has worked");
    }

    [Fact]
    public void A_server_that_asks_the_origin_for_every_subscriber_is_measured_for_something_else_and_fails()
    {
        using var origin = new ArrivingOrigin(port: 0, Item);
        var direct = new Candidate(
            "unshared", Environment.ProcessId, FormattableString.Invariant($"http://127.0.0.1:{origin.Port}/arriving/{Item.Name}"));

        var thrown = Assert.Throws<BenchException>(() => new FanOutLoad(origin, _ => { }).Run(direct, Cell));

        Assert.Equal("unshared asked the origin 3 times", thrown.Message);
    }

    [Fact]
    public void A_subscriber_that_gets_another_object_fails()
    {
        using var origin = new ArrivingOrigin(port: 0, Item);
        using var server = new PlantedServer(_ => PlantedServer.Ok(5));

        var thrown = Assert.Throws<BenchException>(
            () => new FanOutLoad(origin, _ => { }).Run(new Candidate("wrong", Environment.ProcessId, server.Url), Cell));

        Assert.Contains("doesn't say its 100000 bytes", thrown.Message, StringComparison.Ordinal);
    }
}
