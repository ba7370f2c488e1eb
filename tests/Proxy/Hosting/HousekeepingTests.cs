using TlsProxy.Proxy.Hosting;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class HousekeepingTests
{
    private const int Steps = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_step_that_throws_ends_alone_and_is_taken_again(int faulty)
    {
        var faults = new FaultLedger();
        var taken = new int[Steps];
        using var upkeep = new UpkeepThread(faults);
        var housekeeping = new Housekeeping(
            upkeep, faults, null, () => Take(0), () => Take(1), () => Take(2));

        housekeeping.Request();
        AwaitUpkeep(upkeep);
        Assert.Equal([1, 1, 1], taken);
        Assert.Equal(1, faults.Count);

        housekeeping.Request();
        AwaitUpkeep(upkeep);
        Assert.Equal([2, 2, 2], taken);
        Assert.Equal(1, faults.Count);

        void Take(int step)
        {
            if (++taken[step] == 1 && step == faulty)
                throw new InvalidOperationException("The test's own.");
        }
    }

    /// <summary>Waits for what was requested before.</summary>
    private static void AwaitUpkeep(UpkeepThread upkeep)
    {
        using var done = new ManualResetEventSlim();
        upkeep.Add("the test", done.Set).Request();
        Assert.True(done.Wait(s_patience));
    }
}
