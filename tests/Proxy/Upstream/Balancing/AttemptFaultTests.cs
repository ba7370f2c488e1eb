using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Balancing;

/// <summary>Exceptions amid the attempts of a request: each ends it once.</summary>
public sealed class AttemptFaultTests : IOriginSink
{
    private readonly ClusterScene _scene = new(2);
    private int _faults;
    private int _failures;

    [Fact]
    public void A_fault_of_the_attempt_under_way_is_the_sinks()
    {
        Ask();
        _scene.Servers[0].Sinks[0].OnFault();
        _scene.Servers[0].Sinks[0].OnFault();

        Assert.Equal(2, _faults);
        Assert.Equal([0, 0], _scene.InFlight);
    }

    [Fact]
    public void A_fault_of_an_attempt_that_another_has_replaced_is_nobodys()
    {
        Ask();
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused);
        _scene.Servers[0].Sinks[0].OnFault();

        Assert.Equal((0, 0), (_faults, _failures));
        Assert.Equal([0, 1], _scene.InFlight);
    }

    [Fact]
    public void A_second_server_that_throws_when_it_is_asked_is_the_first_ones_fault()
    {
        Ask();
        _scene.OnStart = () => throw new InvalidOperationException("A fault.");
        Assert.Throws<InvalidOperationException>(() => _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused));
        _scene.Servers[0].Sinks[0].OnFault();

        Assert.Equal((1, 0), (_faults, _failures));
        Assert.Equal([0, 0], _scene.InFlight);
    }

    void IOriginSink.OnInterim(ResponseHead head) => throw new InvalidOperationException("There is no answer.");

    void IOriginSink.OnHead(ResponseHead head) => throw new InvalidOperationException("There is no answer.");

    bool IOriginSink.TryReserve(int wanted, out SegmentRoom room) => throw new InvalidOperationException("There is no answer.");

    OriginFlow IOriginSink.Commit(int count) => throw new InvalidOperationException("There is no answer.");

    void IOriginSink.OnTrailers(FieldTable trailers) => throw new InvalidOperationException("There is no answer.");

    void IOriginSink.OnEnd() => throw new InvalidOperationException("There is no answer.");

    void IOriginSink.OnFailed(in OriginFailed failure) => _failures++;

    void Uring.Faults.IFaultDomain.OnFault() => _faults++;

    private void Ask() => _scene.Origin.Start(OriginRequests.Create("/"), this);
}
