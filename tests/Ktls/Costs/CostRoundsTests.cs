using TlsProxy.Ktls.Costs;

namespace TlsProxy.Ktls.Tests.Costs;

public sealed class CostRoundsTests
{
    private readonly SteppedTime _time = new();

    [Fact]
    public void The_median_of_pairs_is_the_cost_whatever_the_first_took()
    {
        var kernel = new PlannedMeter(_time, TimeSpan.Zero, 900_000, 3000, 3000, 3100, 3000);
        var userSpace = new PlannedMeter(_time, TimeSpan.Zero, 500_000, 2000, 2000, 2100, 2000);
        var cell = new CostCell(1024, kernel, userSpace);

        new CostRounds(_time, began: 0).Run([cell]);

        Assert.Equal(new RecordCost(1024, 3, 2), cell.Cost);
        Assert.Equal((CostRounds.RoundsMaximum, CostRounds.RoundsMaximum), (kernel.Sent, userSpace.Sent));
    }

    [Fact]
    public void No_round_begins_after_the_target_where_enough_have_been()
    {
        var half = CostRounds.Target / 2;
        var cell = new CostCell(1024, new PlannedMeter(_time, half, 3000), new PlannedMeter(_time, half, 2000));

        new CostRounds(_time, began: 0).Run([cell]);

        Assert.Equal(CostRounds.Target * CostCell.SamplesLeast, _time.Passed);
        Assert.Equal(1.5, cell.Cost.Ratio);
    }

    [Fact]
    public void A_slow_machine_ends_at_the_limit_and_what_has_too_few_samples_is_unknown()
    {
        var slow = new PlannedMeter(_time, CostRounds.Limit / 5, 3000);
        CostCell[] cells = [new(1024, slow, slow), new(16384, slow, slow)];

        new CostRounds(_time, began: 0).Run(cells);

        // The pair under way ends.
        Assert.InRange(_time.Passed, CostRounds.Limit, CostRounds.Limit * 7 / 5);
        Assert.All(cells, cell => Assert.Null(cell.Cost.Ratio));
    }

    [Fact]
    public void Nothing_is_measured_where_the_time_is_over_before()
    {
        _time.Pass(CostRounds.Limit);
        var meter = new PlannedMeter(_time, TimeSpan.Zero, 1);
        var rounds = new CostRounds(_time, began: 0);

        rounds.Warm(meter, 1024);
        rounds.Run([new CostCell(1024, meter, meter)]);

        Assert.Equal(0, meter.Sent);
    }

    [Fact]
    public void A_pair_of_which_one_failed_counts_for_neither()
    {
        var cell = new CostCell(1024, new PlannedMeter(_time, TimeSpan.Zero, 3000, null), new PlannedMeter(_time, TimeSpan.Zero, 2000));

        new CostRounds(_time, began: 0).Run([cell]);

        Assert.Equal(new RecordCost(1024, null, null), cell.Cost);
    }

    [Fact]
    public void A_clock_that_stands_still_gives_no_cost()
    {
        var cell = new CostCell(1024, new PlannedMeter(_time, TimeSpan.Zero, 0), new PlannedMeter(_time, TimeSpan.Zero, 0));

        new CostRounds(_time, began: 0).Run([cell]);

        Assert.Null(cell.Cost.Ratio);
    }
}
