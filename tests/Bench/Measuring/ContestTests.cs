using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Tests.Measuring;

public sealed class ContestTests
{
    private readonly List<Failure> _told = [];
    private readonly CancellationTokenSource _interruption = new();
    private readonly Attempts _attempts;

    public ContestTests() => _attempts = new Attempts(_told.Add, _interruption.Token);

    [Fact]
    public void A_server_that_fails_once_in_a_round_is_named_and_measured_again()
    {
        var failing = new PlannedServer("failing", PlannedServer.PlainKilobyte, 10.0, "reset by peer", 12.0);
        var sound = new PlannedServer("sound", PlannedServer.PlainKilobyte, 20.0);

        var standings = PlannedServer.Contest(3, _attempts, failing, sound);

        var failure = Assert.Single(_told);
        Assert.Equal(("failing", 2, "reset by peer", false), (failure.Server, failure.Round, failure.Said, failure.LeftOut));
        Assert.Equal([10.0, 12.0, 12.0], standings[0].Samples.Select(sample => sample.ProcessorMicroseconds));
        Assert.False(standings[0].IsMarked);
    }

    [Fact]
    public void A_server_that_fails_twice_in_one_round_is_marked_and_keeps_its_other_rounds()
    {
        var failing = new PlannedServer("failing", PlannedServer.PlainKilobyte, 10.0, "HTTP 500", "HTTP 502", 14.0);
        var sound = new PlannedServer("sound", PlannedServer.PlainKilobyte, 20.0, 99.0, 28.0);

        var standings = PlannedServer.Contest(3, _attempts, failing, sound);

        Assert.Equal([false, true], _told.Select(failure => failure.LeftOut));
        Assert.True(standings[0].IsMarked);
        Assert.False(standings[1].IsMarked);
        Assert.Equal([10.0, null, 14.0], standings[0].Rounds.Select(sample => sample?.ProcessorMicroseconds));
        // The round that has no figure of one of both has no ratio.
        Assert.Equal(new Spread(0.5, 0.5, 0.5, 2), standings[0].RatioTo(standings[1]));
    }

    [Fact]
    public void A_server_that_always_fails_leaves_the_others_their_figures_and_costs_four_tries()
    {
        var dead = new PlannedServer("dead", PlannedServer.PlainKilobyte, "connection refused");
        var sound = new PlannedServer("sound", PlannedServer.PlainKilobyte, 20.0);

        var standings = PlannedServer.Contest(5, _attempts, dead, sound);

        Assert.Equal(2 * Contest.RoundsLostAtMost, dead.Measured);
        Assert.True(standings[0].IsEmpty);
        Assert.Null(standings[0].RatioTo(standings[1]));
        Assert.Null(standings[1].RatioTo(standings[0]));
        Assert.Equal(5, standings[1].ProcessorMicroseconds!.Count);
    }

    [Fact]
    public void Each_round_has_the_opposite_order_of_the_one_before()
    {
        var order = new List<string>();
        var entries = new[] { "a", "b" }.Select(name => new PlannedServer(name, PlannedServer.PlainKilobyte, 1.0).Entry).ToArray();

        new Contest(3, _attempts).Run(entries, entry =>
        {
            order.Add(entry.Server);
            return new Sample(1, 1, null, null, 0);
        });

        Assert.Equal(["a", "b", "b", "a", "a", "b"], order);
    }

    [Fact]
    public void An_interruption_ends_the_rounds_and_is_no_failure_of_a_server()
    {
        var entry = new PlannedServer("ended", PlannedServer.PlainKilobyte, 1.0).Entry;

        Assert.Throws<OperationCanceledException>(() => new Contest(3, _attempts).Run([entry], _ =>
        {
            _interruption.Cancel();
            throw new TlsProxy.Bench.Load.BenchException("wrk was ended");
        }));

        Assert.Empty(_told);
    }

    [Fact]
    public void A_fault_of_the_bench_itself_is_not_taken_for_a_server_s()
    {
        var entry = new PlannedServer("sound", PlannedServer.PlainKilobyte, 1.0).Entry;

        Assert.Throws<InvalidOperationException>(
            () => new Contest(1, _attempts).Run([entry], _ => throw new InvalidOperationException("a bug")));
    }

    [Fact]
    public void What_the_log_of_an_ended_server_says_is_told_with_its_failure()
    {
        var entry = new PlannedServer("ended", PlannedServer.PlainKilobyte, 1.0).Entry;

        new Contest(1, _attempts).Run([entry], _ => throw new TlsProxy.Bench.Load.BenchException("it has\n  ended."), _ => "out of memory");

        Assert.Equal("it has ended. Its log ends: out of memory", _told[0].Said);
    }
}
