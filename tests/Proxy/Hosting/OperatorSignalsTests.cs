using System.Diagnostics;
using System.Globalization;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class OperatorSignalsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_handler_that_throws_is_counted_and_the_process_takes_the_next_signals()
    {
        using var called = new SemaphoreSlim(0);
        var faults = new FaultLedger();
        var times = 0;
        using var signal = new OperatorSignals(faults, () =>
        {
            var isFirst = Interlocked.Increment(ref times) == 1;
            called.Release();
            if (isFirst)
                throw new InvalidOperationException("The test's own.");
        }, () => called.Release());

        await SignalAsync("HUP");
        Assert.True(await called.WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.True(SpinWait.SpinUntil(() => faults.Count == 1, s_patience));
        await SignalAsync("HUP");
        Assert.True(await called.WaitAsync(s_patience, TestContext.Current.CancellationToken));

        await SignalAsync("USR1");
        Assert.True(await called.WaitAsync(s_patience, TestContext.Current.CancellationToken));

        Assert.Equal(2, Volatile.Read(ref times));
        Assert.Equal(1, faults.Count);
    }

    /// <summary>Sends this process the signal, which would end it without a handler.</summary>
    private static async Task SignalAsync(string name)
    {
        var command = string.Create(CultureInfo.InvariantCulture, $"kill -{name} {Environment.ProcessId}");
        using var kill = Process.Start("/bin/sh", ["-c", command]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
