using TlsProxy.Testing;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Uring.Tests.Locks;

public sealed class LockOrderTests
{
    private readonly Lock _first = new();
    private readonly Lock _second = new();

    public static TheoryData<LockRank, LockRank> Pairs
    {
        get
        {
            var pairs = new TheoryData<LockRank, LockRank>();
            foreach (var outer in Enum.GetValues<LockRank>())
            {
                foreach (var inner in Enum.GetValues<LockRank>())
                    pairs.Add(outer, inner);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_later_rank_alone_may_be_taken_within_another(LockRank outer, LockRank inner)
    {
        // Notes it in builds that don't check too.
        Assert.Null(LockOrder.BreachOf(_first, outer));
        using (_first.Enter(outer))
        {
            Assert.Equal(
                inner > outer ? null : $"A lock of rank {inner} was taken within one of rank {outer}.",
                LockOrder.BreachOf(_second, inner));
        }

        // It was given back.
        Assert.Null(LockOrder.BreachOf(_second, inner));
    }

    [Fact]
    public void A_lock_may_be_taken_again_by_its_holder()
    {
        Assert.Null(LockOrder.BreachOf(_first, LockRank.Fetch));
        Assert.Null(LockOrder.BreachOf(_second, LockRank.Body));
        using (_first.Enter(LockRank.Fetch))
        using (_second.Enter(LockRank.Body))
        using (_second.Enter(LockRank.Body))
        {
            Assert.Null(LockOrder.BreachOf(_second, LockRank.Body));
        }

        Assert.False(_second.IsHeldByCurrentThread);
    }

    [Fact]
    public void A_lock_of_another_thread_is_in_nobodys_way()
    {
        string? breach = "none was looked for";
        using (_first.Enter(LockRank.Body))
        {
            var other = new Thread(() => breach = LockOrder.BreachOf(_second, LockRank.Table));
            other.Start();
            other.Join();
        }

        Assert.Null(breach);
    }

    [Theory]
    [InlineData(LockRank.Table)]
    [InlineData(LockRank.Fetch)]
    [InlineData(LockRank.Cache)]
    [InlineData(LockRank.Body)]
    public void A_checked_build_refuses_long_work_within_a_lock(LockRank outer)
    {
        using (_first.Enter(outer))
        {
            var thrown = Record.Exception(() => LockOrder.CheckNoneHeld("the work"));

            Assert.Equal(CheckedBuild.IsRunning, thrown is not null);
            Assert.Contains(CheckedBuild.IsRunning ? $"the work began within a lock of rank {outer}" : "", thrown?.Message ?? "");
        }

        LockOrder.CheckNoneHeld("the work");
    }

    [Fact]
    public void A_checked_build_fails_at_a_breach_and_no_other_looks_for_one()
    {
        using (_first.Enter(LockRank.Body))
        {
            var thrown = Record.Exception(() => _second.Enter(LockRank.Cache).Dispose());

            Assert.Equal(CheckedBuild.IsRunning, thrown is not null);
            Assert.Contains(CheckedBuild.IsRunning ? "rank Cache was taken within one of rank Body" : "", thrown?.Message ?? "");
        }
    }
}
