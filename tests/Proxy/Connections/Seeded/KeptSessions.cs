using TlsProxy.Testing.Interop;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>One session for each suite, that of the first client that has one, for clients that resume.</summary>
internal sealed class KeptSessions : IDisposable
{
    private readonly Dictionary<ClientSuite, ClientSession> _sessions = [];

    public ClientSession? Find(ClientSuite suite, IReadOnlyList<SeededClient> clients)
    {
        if (_sessions.TryGetValue(suite, out var kept))
            return kept;
        foreach (var client in clients)
        {
            if (client.Plan.Suite == suite && client.TakeSession() is { } session)
                return _sessions[suite] = session;
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var session in _sessions.Values)
            session.Dispose();
    }
}
