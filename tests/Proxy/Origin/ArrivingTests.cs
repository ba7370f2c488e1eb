using TlsProxy.Proxy.Cache;

namespace TlsProxy.Proxy.Tests.Origin;

/// <summary>What bodies hold that are still arriving.</summary>
public sealed class ArrivingTests : IDisposable
{
    private readonly FetchScene _scene = new(arrivingBytes: 100_000);

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_body_that_finds_no_room_beside_others_is_passed_on_and_not_stored_but_the_next_one_is()
    {
        var first = Begin("/object/a", 60_000);
        var second = Begin("/object/b", 60_000);
        Assert.False(first.Response!.Body.IsWindowed);
        Assert.True(second.Response!.Body.IsWindowed);

        _scene.Origin.Sinks[0].OnEnd();
        _scene.Origin.Sinks[1].OnEnd();

        Assert.Equal(60_000, second.Response!.Body.Available);
        Assert.NotNull(_scene.Find("/object/a"));
        Assert.Null(_scene.Find("/object/b"));
        Assert.Equal(0, _scene.Table.Arriving.Bytes);

        // The key isn't remembered as one that can't be shared: it was only the moment.
        Begin("/object/b", 60_000);
        _scene.Origin.Sinks[2].OnEnd();
        Assert.NotNull(_scene.Find("/object/b"));
    }

    [Fact]
    public void A_body_that_is_cut_gives_back_what_it_held()
    {
        Begin("/object/a", 60_000);
        Assert.InRange(_scene.Table.Arriving.Bytes, 60_000, 100_000);

        _scene.Origin.Sinks[0].OnFailed(Proxy.Origin.OriginFailure.Truncated);

        Assert.Equal(0, _scene.Table.Arriving.Bytes);
    }

    private Proxy.Origin.FetchTicket Begin(string target, int length)
    {
        var ticket = _scene.Client.Ask(target);
        _scene.Origin.Sinks[^1].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        _scene.Origin.Sinks[^1].OnData(new byte[length]);
        return ticket;
    }
}
