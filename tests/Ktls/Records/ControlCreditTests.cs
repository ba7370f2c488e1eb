using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Records;

public sealed class ControlCreditTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void A_life_begins_with_a_full_credit_and_no_progress_leaves_it_at_that()
    {
        var credit = new ControlCredit();
        Assert.Equal(ControlCredit.Maximum, CountTaken(ref credit, 5000, now: 7, sent: 9));
    }

    [Theory]
    [InlineData(99, 0)]
    [InlineData(100, 1)]
    [InlineData(1000, 10)]
    [InlineData(1_000_000, ControlCredit.Maximum)]
    public void Each_tenth_of_a_second_is_worth_a_record_up_to_a_full_credit(long milliseconds, int worth)
    {
        var credit = Exhausted();
        Assert.Equal(worth, CountTaken(ref credit, 5000, milliseconds * Millisecond, sent: 0));
    }

    [Theory]
    [InlineData(ControlCredit.SentBytes - 1, 0)]
    [InlineData(ControlCredit.SentBytes, 1)]
    [InlineData(10 * ControlCredit.SentBytes, 10)]
    [InlineData(1L << 40, ControlCredit.Maximum)]
    public void Each_full_record_sent_is_worth_one_up_to_a_full_credit(long sent, int worth)
    {
        var credit = Exhausted();
        Assert.Equal(worth, CountTaken(ref credit, 5000, now: 0, sent));
    }

    [Fact]
    public void Each_record_of_data_is_worth_one()
    {
        var credit = Exhausted();
        for (var i = 0; i < 3; i++)
            credit.OnData();
        Assert.Equal(3, CountTaken(ref credit, 5000, now: 0, sent: 0));
    }

    [Fact]
    public void Parts_of_what_a_record_is_worth_add_up()
    {
        var credit = Exhausted();
        for (var i = 1; i <= 40; i++)
            Assert.Equal(i % 4 == 0, credit.TryTake(i * 25 * Millisecond, sentBytes: 0));
    }

    [Fact]
    public void What_was_earned_while_the_credit_was_full_is_not_kept()
    {
        var credit = new ControlCredit();
        Assert.True(credit.TryTake(0, 0));
        Assert.Equal(ControlCredit.Maximum, CountTaken(ref credit, 5000, now: 3_600_000 * Millisecond, sent: 1L << 40));
    }

    private static ControlCredit Exhausted()
    {
        var credit = new ControlCredit();
        Assert.Equal(ControlCredit.Maximum, CountTaken(ref credit, 5000, now: 0, sent: 0));
        return credit;
    }

    private static int CountTaken(ref ControlCredit credit, int attempts, long now, long sent)
    {
        var taken = 0;
        for (var i = 0; i < attempts; i++)
            taken += credit.TryTake(now, sent) ? 1 : 0;
        return taken;
    }
}
