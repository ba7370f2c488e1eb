using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Testing;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Long work in slices, and those who wait for its lock.</summary>
public sealed class LockSlicesTests : IDisposable
{
    // More than a slice may cost.
    private const int WholeSlice = 1 << 20;

    private readonly CacheNodes _nodes = new(1 << 20, 10);

    public void Dispose() => _nodes.Dispose();

    [Fact]
    public void Whoever_waits_when_a_slice_ends_has_the_gate_before_the_next()
    {
        for (var round = 0; round < 100; round++)
        {
            var entered = false;
            var waiting = new Thread(() =>
            {
                using var hold = _nodes.Enter();
                Volatile.Write(ref entered, true);
            });
            var slices = 0;
            LockSlices.Run(_nodes, () =>
            {
                if (++slices == 2)
                {
                    Assert.True(Volatile.Read(ref entered));
                    return 0;
                }

                waiting.Start();
                SpinWait.SpinUntil(() => _nodes.Turns.IsAwaited);
                return WholeSlice;
            });
            waiting.Join();
        }
    }

    [Theory]
    [InlineData(LockRank.Table)]
    [InlineData(LockRank.Fetch)]
    public void A_checked_build_refuses_slices_within_a_lock(LockRank outer)
    {
        var gate = new Lock();
        using var held = gate.Enter(outer);

        var thrown = Record.Exception(() => LockSlices.Run(_nodes, () => 0));

        Assert.Equal(CheckedBuild.IsRunning, thrown is not null);
        Assert.Contains(CheckedBuild.IsRunning ? $"work in slices began within a lock of rank {outer}" : "", thrown?.Message ?? "");
    }

    [Fact]
    public void Steps_are_taken_until_one_costs_nothing()
    {
        var steps = 0;
        LockSlices.Run(_nodes, () =>
        {
            Assert.True(_nodes.Gate.IsHeldByCurrentThread);
            return ++steps < 10_000 ? 1 : 0;
        });
        Assert.Equal(10_000, steps);
    }
}
