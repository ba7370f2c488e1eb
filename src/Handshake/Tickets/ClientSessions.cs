using TlsProxy.Handshake.Engines;

namespace TlsProxy.Handshake.Tickets;

/// <summary>Sessions that clients of one setup may resume, by the name or address that the server was verified for. Other authorities or
/// another certificate make another setup, and other sessions. Any thread may call it.</summary>
internal sealed class ClientSessions(TimeProvider time) : IDisposable
{
    /// <summary>Sessions of one server at most: one for each connection that begins while the tickets of others are on their way.</summary>
    public const int OfServerMaximum = 8;

    /// <summary>Sessions of all servers at most. Each holds the server's chain, of some KiB.</summary>
    public const int Maximum = 512;

    // Guards the fields below, for the threads of all workers. No other lock is taken under it.
    private readonly Lock _lock = new();

    // The newest at the end of each list.
    private readonly Dictionary<string, List<EngineSession>> _byServer = [];
    private int _count;
    private bool _isEnded;

    /// <summary>Sessions that are kept.</summary>
    public int Count
    {
        get
        {
            // Of several threads.
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Gives a session to offer, the newest. One that may be used once leaves the store.</summary>
    /// <returns>The caller's to dispose; null for none.</returns>
    public EngineSession? TryTake(ServerIdentity server)
    {
        lock (_lock)
        {
            // Two workers never get the same session of TLS 1.3.
            while (_byServer.TryGetValue(server.Text, out var sessions))
            {
                var newest = sessions[^1];
                if (newest.Expiry > time.GetUtcNow())
                {
                    if (newest.TryCopy() is { } copy)
                        return copy;
                    RemoveAt(server.Text, sessions, sessions.Count - 1);
                    return newest;
                }

                RemoveAt(server.Text, sessions, sessions.Count - 1);
                newest.Dispose();
            }

            return null;
        }
    }

    /// <summary>Keeps a session; it passes to the store, which may drop another for it.</summary>
    public void Keep(ServerIdentity server, EngineSession session)
    {
        lock (_lock)
        {
            // A worker may come with its last ticket after the end.
            if (_isEnded || session.Expiry <= time.GetUtcNow())
            {
                session.Dispose();
                return;
            }

            if (!_byServer.TryGetValue(server.Text, out var sessions))
                _byServer[server.Text] = sessions = [];
            else if (sessions.Count == OfServerMaximum)
                Drop(server.Text, sessions);
            if (_count == Maximum)
                DropOldestOfAnother(server.Text);
            sessions.Add(session);
            _count++;
        }
    }

    /// <summary>Drops the sessions of a server that has refused a handshake with one.</summary>
    public void Forget(ServerIdentity server)
    {
        lock (_lock)
        {
            // Other workers begin without a session then.
            while (_byServer.TryGetValue(server.Text, out var sessions))
                Drop(server.Text, sessions);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            // Workers that come later find none.
            _isEnded = true;
            foreach (var session in _byServer.Values.SelectMany(sessions => sessions))
                session.Dispose();
            _byServer.Clear();
            _count = 0;
        }
    }

    private void DropOldestOfAnother(string server)
    {
        var (key, sessions) = _byServer.First(pair => pair.Key != server);
        Drop(key, sessions);
    }

    private void Drop(string server, List<EngineSession> sessions)
    {
        sessions[0].Dispose();
        RemoveAt(server, sessions, 0);
    }

    private void RemoveAt(string server, List<EngineSession> sessions, int index)
    {
        sessions.RemoveAt(index);
        _count--;
        if (sessions.Count == 0)
            _byServer.Remove(server);
    }
}
