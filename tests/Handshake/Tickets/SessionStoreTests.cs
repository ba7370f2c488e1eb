using TlsProxy.Handshake.Tests.Engines;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake.Tests.Tickets;

/// <summary>The sessions that clients keep are bounded, and the newest of a server comes first.</summary>
public sealed class SessionStoreTests
{
    private readonly ClientSessions _sessions = new(TimeProvider.System);

    [Fact]
    public void The_newest_session_of_a_server_is_taken_first_and_the_oldest_is_dropped()
    {
        var server = ServerIdentity.Parse("one.example");
        var kept = Enumerable.Range(0, ClientSessions.OfServerMaximum + 1).Select(_ => Keep(server)).ToArray();
        Assert.Equal(ClientSessions.OfServerMaximum, _sessions.Count);
        Assert.True(kept[0].IsDisposed);
        Assert.Null(_sessions.TryTake(ServerIdentity.Parse("two.example")));
        for (var i = kept.Length - 1; i > 0; i--)
            Assert.Same(kept[i], _sessions.TryTake(server));
        Assert.Null(_sessions.TryTake(server));
        Assert.Equal(0, _sessions.Count);
        Assert.DoesNotContain(kept[1..], session => session.IsDisposed);
    }

    [Fact]
    public void All_servers_together_have_no_more_than_the_maximum()
    {
        var kept = Enumerable.Range(0, 2 * ClientSessions.Maximum).Select(i => Keep(ServerIdentity.Parse($"host{i}.example"))).ToArray();
        Assert.Equal(ClientSessions.Maximum, _sessions.Count);
        Assert.Equal(ClientSessions.Maximum, kept.Count(session => session.IsDisposed));
        Assert.Same(kept[^1], _sessions.TryTake(ServerIdentity.Parse($"host{kept.Length - 1}.example")));
    }

    [Fact]
    public void Sessions_end_with_the_store_and_those_that_come_later_at_once()
    {
        var server = ServerIdentity.Parse("one.example");
        var before = Keep(server);
        _sessions.Dispose();
        var after = Keep(server);
        Assert.Equal((true, true, 0), (before.IsDisposed, after.IsDisposed, _sessions.Count));
        Assert.Null(_sessions.TryTake(server));
    }

    private TestEngine.Session Keep(ServerIdentity server)
    {
        var session = new TestEngine.Session([]);
        _sessions.Keep(server, session);
        return session;
    }
}
