using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report;

namespace TlsProxy.Bench.Tests.Rates;

public sealed class RatePlanTests
{
    private static readonly Cell Small = PlannedServer.PlainKilobyte;
    private static readonly Cell Streamed = new(Transport.Tls, new Payload(1_345_292), 8);

    [Fact]
    public void The_servers_of_curves_get_shares_of_what_saturated_each()
    {
        var comparisons = RatePlan.Of(PlanTests.Options(kernelTls: false), Measured(
            new PlannedServer("ours", Small, 5.0), new PlannedServer("another", Small, 6.0), new PlannedServer("nginx", Small, 10.0)),
            ["ours", "nginx"]);

        // Half of it is what may least be left out.
        Assert.Equal([0.5, 0.25, 0.75], comparisons.Select(comparison => comparison.Share!.Value));
        Assert.Equal(
            [("ours", 100_000.0), ("nginx", 50_000.0)],
            comparisons[0].Rates.Select(pair => (pair.Key.Server, pair.Value.PerSecond)));
    }

    [Fact]
    public void The_streamed_object_is_asked_for_1350_times_a_second_on_new_connections()
    {
        var comparisons = RatePlan.Of(PlanTests.Options(kernelTls: false), Measured(new PlannedServer("ours", Streamed, 500.0)), ["ours"]);
        var last = comparisons.Single(comparison => comparison.Share is null);

        var rate = Assert.Single(last.Rates.Values);
        Assert.Equal((1350.0, true), (rate.PerSecond, rate.IsConnectionPerRequest));
    }

    [Fact]
    public void A_server_that_never_answered_is_given_no_rate() => Assert.Empty(
        RatePlan.Of(PlanTests.Options(kernelTls: false), Measured(new PlannedServer("dead", Small, "refused")), ["dead"]));

    private static Result[] Measured(params PlannedServer[] servers) =>
        [new("compared", Result.Requests, PlannedServer.Contest(1, new Attempts(_ => { }, CancellationToken.None), servers))];
}
