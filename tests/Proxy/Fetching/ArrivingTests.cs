using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Tests.Lives;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

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
        Assert.Equal(0, _scene.Table.Services.Arriving.Bytes);

        // The key isn't remembered as one that can't be shared: it was only the moment.
        Begin("/object/b", 60_000);
        _scene.Origin.Sinks[2].OnEnd();
        Assert.NotNull(_scene.Find("/object/b"));
    }

    [Fact]
    public void A_response_that_outgrows_keeps_nothing_of_what_would_have_been_stored()
    {
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60, private=\"x\"", "X: 1"));
        Assert.NotNull(Peek.At(ticket, "_holder", "_answer", "<Entry>k__BackingField"));

        _scene.Origin.Sinks[0].Deliver(new byte[100_001]);

        Assert.True(ticket.Response!.Body.IsWindowed);
        Assert.Null(Peek.At(ticket, "_holder", "_answer", "<Entry>k__BackingField"));
        LetGo(_scene, ticket);
    }

    [Fact]
    public void A_body_that_is_cut_gives_back_what_it_held()
    {
        Begin("/object/a", 60_000);
        Assert.InRange(_scene.Table.Services.Arriving.Bytes, 60_000, 100_000);

        _scene.Origin.Sinks[0].OnFailed(OriginFailure.Truncated);

        Assert.Equal(0, _scene.Table.Services.Arriving.Bytes);
    }

    [Fact]
    public void While_readers_hold_much_that_has_left_the_cache_nothing_more_is_gathered()
    {
        using var scene = new FetchScene(poolBytes: 100_000);
        var slow = Begin(scene, "/object/a", 80_000);
        scene.Origin.Sinks[0].OnEnd();
        scene.Clear();
        var passed = Begin(scene, "/object/b", 80_000);
        Assert.False(slow.Response!.Body.IsWindowed);
        Assert.True(passed.Response!.Body.IsWindowed);
        scene.Origin.Sinks[1].OnEnd();
        Assert.Equal(80_000, passed.Response.Body.Available);
        Assert.Null(scene.Find("/object/b"));

        // What is small finds its place all the same.
        Begin(scene, "/object/c", 1000);
        scene.Origin.Sinks[2].OnEnd();
        Assert.NotNull(scene.Find("/object/c"));

        LetGo(scene, slow);
        LetGo(scene, passed);
        Begin(scene, "/object/b", 80_000);
        scene.Origin.Sinks[3].OnEnd();
        Assert.NotNull(scene.Find("/object/b"));
    }

    private static void LetGo(FetchScene scene, FetchTicket ticket)
    {
        ticket.Response!.Body.RemoveReader(scene.Client);
        ticket.Response.Release();
    }

    private FetchTicket Begin(string target, int length) => Begin(_scene, target, length);

    private static FetchTicket Begin(FetchScene scene, string target, int length)
    {
        var ticket = scene.Client.Ask(target);
        scene.Origin.Sinks[^1].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        for (var sent = 0; sent < length; sent += 1000)
            scene.Origin.Sinks[^1].Deliver(new byte[1000]);
        return ticket;
    }
}
