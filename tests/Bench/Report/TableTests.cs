using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;

namespace TlsProxy.Bench.Tests.Report;

public sealed class TableTests
{
    [Fact]
    public void A_server_that_failed_in_a_round_has_a_mark_and_its_words_below()
    {
        var attempts = new Attempts(_ => { }, CancellationToken.None);
        var standings = PlannedServer.Contest(
            2,
            attempts,
            new PlannedServer("failing", PlannedServer.PlainKilobyte, 10.0, "HTTP 500"),
            new PlannedServer("dead", PlannedServer.PlainKilobyte, "refused"),
            new PlannedServer("sound", PlannedServer.PlainKilobyte, 20.0));

        string[] rows = [.. Table.Rows(new Result("1 KB", "requests", standings))];

        Assert.StartsWith("| failing †", rows[1], StringComparison.Ordinal);
        Assert.Contains(" 0.50 ", rows[1], StringComparison.Ordinal);
        Assert.Contains(" — ", rows[2], StringComparison.Ordinal);
        Assert.DoesNotContain("†", rows[3], StringComparison.Ordinal);
        Assert.Contains(
            "† failing, plaintext, 1,024 B, 8 connections, round 2: HTTP 500 (failed again: left out)",
            Table.Failures(attempts.Failures));
    }

    [Fact]
    public void Noise_is_the_median_of_half_the_ranges()
    {
        var attempts = new Attempts(_ => { }, CancellationToken.None);
        var standings = PlannedServer.Contest(
            2,
            attempts,
            new PlannedServer("a", PlannedServer.PlainKilobyte, 9.0, 11.0),
            new PlannedServer("b", PlannedServer.PlainKilobyte, 6.0, 10.0),
            new PlannedServer("c", PlannedServer.PlainKilobyte, 7.0));

        Assert.Equal(new Noise(0.1, 0), Noise.Of([new Result("1 KB", "requests", standings)]));
        Assert.Null(Noise.Of([]));
    }
}
