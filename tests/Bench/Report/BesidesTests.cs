using TlsProxy.Bench.Load;
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

    private void Forwarded(params PlannedServer[] servers) => _report.Forwarding.Add(Compared(servers));

    private static Result Compared(params PlannedServer[] servers) =>
        new("compared", Result.Requests, PlannedServer.Contest(2, new Attempts(_ => { }, CancellationToken.None), servers));
}
