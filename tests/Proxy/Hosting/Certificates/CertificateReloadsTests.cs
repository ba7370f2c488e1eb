using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Certificates;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Hosting.Certificates;

/// <summary>Requests for reloads while the thread that reloads is busy.</summary>
public sealed class CertificateReloadsTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly FaultLedger _faults = new();
    private readonly TlsContext _context = SeededCertificate.CreateContext();
    private readonly HeldLogger _logger = new();
    private readonly UpkeepThread _upkeep;
    private readonly CertificateRotation _rotation;
    private readonly CertificateReloads _reloads;

    public CertificateReloadsTests()
    {
        _upkeep = new UpkeepThread(_faults);
        _rotation = new CertificateRotation(_context, null, _upkeep, _logger, TimeProvider.System);
        _reloads = new CertificateReloads(_rotation, _upkeep, _faults);
    }

    public void Dispose()
    {
        _logger.GoOn.Release(100);
        _upkeep.Dispose();
        _rotation.Dispose();
        _context.Dispose();
        _logger.Dispose();
    }

    [Fact]
    public void Requests_that_come_while_a_reload_is_done_share_one_more()
    {
        using var answered = new CountdownEvent(4);
        Request(answered);
        _logger.AwaitReload();
        for (var i = 0; i < 3; i++)
            Request(answered);
        for (var i = 0; i < 200; i++)
            Assert.True(_reloads.TryRequest("SIGHUP"));
        Assert.Equal(4, answered.CurrentCount);

        _logger.GoOn.Release(2);
        Assert.True(answered.Wait(s_patience));
        AwaitUpkeep();

        Assert.Equal(["a POST", "a POST and SIGHUP"], _logger.Causes);
    }

    [Fact]
    public void A_reload_that_throws_is_counted_and_told_and_the_next_is_done()
    {
        using var answered = new CountdownEvent(1);
        CertificateReload? result = null;
        _logger.Throws = true;
        Assert.True(_reloads.TryRequest("a POST", reload =>
        {
            Assert.Null(reload);
            answered.Signal();
        }));
        _logger.AwaitReload();
        _logger.GoOn.Release();
        Assert.True(answered.Wait(s_patience));
        AwaitUpkeep();
        Assert.Equal(1, _faults.Count);

        _logger.Throws = false;
        answered.Reset();
        _logger.GoOn.Release();
        Assert.True(_reloads.TryRequest("a POST", reload =>
        {
            result = reload;
            answered.Signal();
        }));
        Assert.True(answered.Wait(s_patience));
        Assert.NotNull(result);
        Assert.Equal(1, _faults.Count);
    }

    [Fact]
    public void An_answer_that_throws_keeps_no_other_from_its_own()
    {
        using var answered = new CountdownEvent(2);
        Request(answered);
        _logger.AwaitReload();
        Assert.True(_reloads.TryRequest("a POST", _ => throw new InvalidOperationException("The test's own.")));
        Request(answered);

        _logger.GoOn.Release(2);

        Assert.True(answered.Wait(s_patience));
        AwaitUpkeep();
        Assert.Equal(1, _faults.Count);
    }

    [Fact]
    public void While_a_reload_hangs_only_so_many_wait_and_signals_are_taken()
    {
        using var answered = new CountdownEvent(CertificateReloads.WaitingMaximum);
        Request(answered);
        _logger.AwaitReload();
        for (var i = 1; i < CertificateReloads.WaitingMaximum; i++)
            Request(answered);

        Assert.False(_reloads.TryRequest("a POST", _ => { }));
        Assert.True(_reloads.TryRequest("SIGHUP"));

        _logger.GoOn.Release(3);
        Assert.True(answered.Wait(s_patience));
        AwaitUpkeep();
        Assert.True(_reloads.TryRequest("a POST", _ => { }));
        AwaitUpkeep();
        Assert.Equal(3, _logger.Causes.Count);
    }

    private void Request(CountdownEvent answered) => Assert.True(_reloads.TryRequest("a POST", _ => answered.Signal()));

    /// <summary>Waits for what was requested before.</summary>
    private void AwaitUpkeep()
    {
        using var done = new ManualResetEventSlim();
        _upkeep.Add("the test", done.Set).Request();
        Assert.True(done.Wait(s_patience));
    }
}
