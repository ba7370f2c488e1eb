using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake;

/// <summary>What clients offer and trust at one moment, and the sessions that were made with it: a session never meets other authorities
/// or another certificate than those it was made with. Its users hold references.</summary>
internal sealed class ClientEpoch(EngineSetup setup, TimeProvider time) : RefCounted
{
    public EngineSetup Setup { get; } = setup;

    public ClientSessions Sessions { get; } = new(time);

    protected override void Free()
    {
        Sessions.Dispose();
        Setup.Release();
    }
}
