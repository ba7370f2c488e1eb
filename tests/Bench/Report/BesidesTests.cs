using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;

namespace TlsProxy.Bench.Tests.Report;

public sealed class BesidesTests
{
    private static readonly Cell Missed = new(Transport.Tls, new Payload(1024), 64, Work.Miss);
    private static readonly Cell Uploaded = new(Transport.Tls, new Payload(1_000_000), 64, Work.Upload);
    private readonly RunReport _report = new() { Circumstances = [], Failures = () => [] };

    [Fact]
    public void Misses_and_uploads_stand_in_one_sentence_with_their_ratio_to_the_reference()
    {
        Forwarded(
            new PlannedServer("ours", Missed with { Transport = Transport.Plaintext }, 99.0),
            new PlannedServer("ours", Missed, 30.0), new PlannedServer("other", Missed, 99.0), new PlannedServer("nginx", Missed, 20.0));
        Forwarded(new PlannedServer("ours", Uploaded, 300.0), new PlannedServer("nginx", Uploaded, 400.0));

        Assert.Equal(
            "A miss of 1,024 B over TLS costs 1.50 × nginx, an upload of 1,000,000 B over TLS costs 0.75 × nginx.",
            Assert.Single(Besides.Of(_report)));
    }

    [Fact]
    public void An_arriving_object_is_told_of_the_first_server_over_TLS_with_the_most_subscribers()
    {
        _report.FanOut.AddRange(
        [
            Fanned("ours", Transport.Plaintext, 200, 9.0),
            Fanned("ours", Transport.Tls, 200, 8.0), Fanned("nginx", Transport.Tls, 200, 7.0),
            Fanned("ours", Transport.Tls, 1000, 2.2), Fanned("nginx", Transport.Tls, 1000, 5.0),
        ]);

        Assert.Equal(
            "An object that arrives costs 1.10 × the same bytes from the cache, with 1,000 subscribers over TLS in user space.",
            Assert.Single(Besides.Of(_report)));
    }

    [Fact]
    public void Idle_connections_are_told_of_the_first_server()
    {
        _report.Idle.AddRange([new IdleResult("ours", 8.5, 0.2, 0.34), new IdleResult("nginx", 22, 0, 0)]);

        Assert.Equal(
            "Idle it takes 0.20 ms of CPU a second, with 1,000 TLS connections 0.34 ms and 8.5 KiB for each.",
            Assert.Single(Besides.Of(_report)));
    }

    [Fact]
    public void A_server_without_another_or_without_a_figure_has_no_sentence()
    {
        Forwarded(new PlannedServer("ours", Missed, 30.0));
        Forwarded(new PlannedServer("ours", Uploaded, 30.0), new PlannedServer("nginx", Uploaded, "refused"));

        Assert.Empty(Besides.Of(_report));
    }

    [Fact]
    public void What_else_was_found_stands_between_the_cost_of_TLS_and_the_choice_of_auto()
    {
        var cell = PlannedServer.PlainKilobyte;
        var prices = TlsPrice.All(
            [Compared(new PlannedServer("ours", cell, 5.0), new PlannedServer("ours", cell with { Transport = Transport.Tls }, 6.0))]);

        Assert.EndsWith(
            "over TLS in user space). One. Two. On this machine `auto` was not asked.",
            Sentence.All(prices, "was not asked", ["One.", "Two."])[^1], StringComparison.Ordinal);
    }

    private static FanOutStanding Fanned(string server, Transport transport, int subscribers, double arriving)
    {
        var cell = new Cell(transport, new Payload(1_000_000), subscribers, Work.Arrival);
        return new FanOutStanding(new PlannedServer(server, cell, 1.0).Entry, [new FanOutSample(arriving, Cached: 2.0), null]);
    }

    private void Forwarded(params PlannedServer[] servers) => _report.Forwarding.Add(Compared(servers));

    private static Result Compared(params PlannedServer[] servers) =>
        new("compared", Result.Requests, PlannedServer.Contest(2, new Attempts(_ => { }, CancellationToken.None), servers));
}
