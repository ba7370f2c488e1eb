using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;

namespace TlsProxy.Bench.Tests.Report;

public sealed class SentenceTests
{
    private static readonly Cell Large = new(Transport.Plaintext, new Payload(1_000_000), 32);
    private static readonly Cell Small = new(Transport.Plaintext, new Payload(1000), 32);

    [Fact]
    public void It_tells_what_each_way_of_making_records_costs_against_plaintext_and_what_auto_chooses()
    {
        var prices = TlsPrice.All(
        [
            Measured(
                new PlannedServer("ours", Small, 5.0),
                new PlannedServer("ours", Small with { Transport = Transport.Tls }, 6.0)),
            Measured(
                new PlannedServer("ours", Large, 100.0),
                new PlannedServer("nginx", Large, 50.0),
                new PlannedServer("ours", Large with { Transport = Transport.Tls }, 190.0),
                new PlannedServer("ours", Large with { Transport = Transport.KernelSend }, 160.0),
                new PlannedServer("nginx", Large with { Transport = Transport.Tls }, 200.0)),
        ]);

        Assert.Equal(
            [
                "nginx: TLS in user space costs 4.00 × plaintext in CPU time (1,000,000 B on 32 connections: "
                + "0.050 CPU s per GB in plaintext, 0.200 over TLS in user space).",
                "TLS in user space costs 1.90 × plaintext, kernel TX 1.60 × in CPU time (1,000,000 B on 32 connections: "
                + "0.100 CPU s per GB in plaintext, 0.190 over TLS in user space); at 1,000 B TLS in user space costs 1.20 × plaintext. "
                + "On this machine `auto` makes records in user space.",
            ],
            Sentence.All(prices, "makes records in user space"));
    }

    [Fact]
    public void A_price_is_the_median_of_ratios_within_rounds()
    {
        var prices = TlsPrice.All(
        [
            Measured(
                new PlannedServer("ours", Large, 10.0, 100.0, 20.0),
                new PlannedServer("ours", Large with { Transport = Transport.Tls }, 20.0, 200.0, 20.0)),
        ]);

        Assert.Equal(new Spread(2, 1, 2, 3), Assert.Single(prices).Ratio);
    }

    [Fact]
    public void Where_plaintext_failed_it_says_that_nothing_can_be_said()
    {
        var prices = TlsPrice.All(
        [
            Measured(
                new PlannedServer("ours", Large, "refused"),
                new PlannedServer("ours", Large with { Transport = Transport.Tls }, 20.0)),
        ]);

        Assert.StartsWith("What TLS costs can't be said", Assert.Single(Sentence.All(prices, auto: null)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cost_tells_what_one_processor_could_do()
    {
        var cost = new Cost(Microseconds: 200, Bytes: 1_000_000);

        Assert.Equal((0.2, 5000.0, 5.0), (cost.SecondsPerGigabyte, cost.RequestsPerCore, cost.GigabytesPerCore));
    }

    private static Result Measured(params PlannedServer[] servers) =>
        new("a comparison", Result.Requests, PlannedServer.Contest(3, new Attempts(_ => { }, CancellationToken.None), servers));
}
