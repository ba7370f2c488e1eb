using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Loop;

public sealed class PeriodicCheckTests : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMicroseconds(1);

    private readonly SegmentPool _pool = new();
    private readonly List<string> _told = [];
    private readonly FaultLedger _faults = new();
    private readonly ScriptedBackend _backend;
    private readonly EventLoop _loop;
    private bool _throws;

    public PeriodicCheckTests()
    {
        _backend = new ScriptedBackend(_pool);
        _loop = new EventLoop(_backend, 0, _faults, new PeriodicCheck(s_period, Check));
    }

    public void Dispose()
    {
        _loop.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void A_loop_that_has_rested_checks_before_its_callbacks()
    {
        Assert.Equal("check", TurnAt(0));

        _loop.Post(new Work(() => _told.Add("work")));
        Assert.Equal("check, work", TurnAt(5_000));
    }

    [Fact]
    public void A_busy_loop_checks_once_a_period()
    {
        string[] told = [.. Enumerable.Range(0, 40).Select(turn => TurnAt(turn * 250))];

        Assert.Equal(10, told.Count(turn => turn == "check"));
        Assert.Equal(30, told.Count(turn => turn.Length == 0));
    }

    [Fact]
    public void A_check_wakes_no_loop()
    {
        TurnAt(0);
        _loop.Turn();

        Assert.Equal(-1, _backend.LastTimeout);
    }

    [Fact]
    public void A_check_that_throws_is_counted_and_done_again_after_its_period()
    {
        _throws = true;
        Assert.Equal("check", TurnAt(0));
        Assert.Equal(string.Empty, TurnAt(999));
        Assert.Equal("check", TurnAt(1_000));

        Assert.Equal(2, _faults.Count);
    }

    private string TurnAt(long now)
    {
        _told.Clear();
        _backend.Now = now;
        _loop.Turn(wait: false);
        return string.Join(", ", _told);
    }

    private void Check()
    {
        _told.Add("check");
        if (_throws)
            throw new InvalidOperationException("The test's own.");
    }
}
