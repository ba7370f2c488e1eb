using TlsProxy.Testing.Lives;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>A segment that has come back is like one that was never lent.</summary>
public sealed class SegmentLifeTests
{
    private static readonly SurvivingFields s_survivors = new SurvivingFields()
        .With("NativeSlice.Address", "where it lies as long as its slab does; its bytes stay, and users send only what they wrote");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_segment_that_came_back_is_like_a_new_one(bool throughStock)
    {
        using var pool = new SegmentPool();
        var stock = new SegmentStock(pool);
        var used = throughStock ? stock.TryRent(4000)! : pool.TryRent(4000)!;
        used.Memory.Span.Fill(1);
        used.Retain();
        used.Release();
        if (throughStock)
            stock.Return(used);
        else
            used.Release();
        stock.Clear();

        var others = Peek.Elements(used, "_slab", "_free").Where(segment => segment != used).ToArray();

        Assert.NotEmpty(others);
        Assert.All(others, other => Assert.Empty(new LifeComparison(s_survivors).Differences(used, other)));
        Assert.Empty(s_survivors.Stale);
    }
}
