using TlsProxy.Soak.Checks;

namespace TlsProxy.SoakChecks.Tests;

/// <summary>What a proxy holds after a soak is compared with what it held before.</summary>
public sealed class GrowthTests
{
    private static readonly ProxyState Before = new(50, 50_000, 20 << 20, 4, 0, 14, 8 << 20, 100 << 20);

    public static TheoryData<string> Names =>
        ["RentedSegments", "RentedBytes", "MappedBytes", "Slots", "Timers", "Descriptors", "HeapBytes"];

    [Theory]
    [MemberData(nameof(Names))]
    public void More_of_anything_is_found(string name)
    {
        var after = name switch
        {
            "RentedSegments" => Before with { RentedSegments = 51 },
            "RentedBytes" => Before with { RentedBytes = 50_001 },
            "MappedBytes" => Before with { MappedBytes = 21 << 20 },
            "Slots" => Before with { Slots = 5 },
            "Timers" => Before with { Timers = 1 },
            "Descriptors" => Before with { Descriptors = 15 },
            _ => Before with { HeapBytes = (10 << 20) + 1 },
        };

        Assert.Single(after.FindGrowth(Before));
    }

    [Fact]
    public void The_same_and_less_pass_and_resident_memory_is_not_judged()
    {
        Assert.Empty(Before.FindGrowth(Before));
        Assert.Empty((Before with { RentedSegments = 0, HeapBytes = 10 << 20, ResidentBytes = 900 << 20 }).FindGrowth(Before));
    }

    [Fact]
    public void A_failure_of_the_origin_excuses_what_was_sent_before_its_end()
    {
        var excuses = new Excuses();
        var sent = Environment.TickCount64;
        Assert.False(excuses.Since("/a", sent));
        using (excuses.Begin("/a"))
            Assert.True(excuses.Since("/a", sent + 1_000_000));
        Assert.True(excuses.Since("/a", sent));
        Assert.False(excuses.Since("/a", sent + 1_000_000));
        Assert.False(excuses.Since("/b", sent));
    }

    [Fact]
    public void A_POST_has_come_to_the_origin_only_since_it_was_sent()
    {
        var excuses = new Excuses();
        var sent = Environment.TickCount64;
        Assert.False(excuses.HasCome("/a", sent));
        excuses.OnPost("/a");
        Assert.True(excuses.HasCome("/a", sent));
        Assert.False(excuses.HasCome("/a", sent + 1_000_000));
        Assert.False(excuses.HasCome("/b", sent));
    }
}
