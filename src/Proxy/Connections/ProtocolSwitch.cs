using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Connections;

/// <summary>The protocols of one connection: the one that each of its lives begins with, and, behind an upgrade, the one that takes over
/// until the end (RFC 9110, section 7.8).</summary>
internal sealed class ProtocolSwitch : IProtocol
{
    private readonly IProtocol _first;

    // Null before an upgrade; gone with the life.
    private IProtocol? _second;

    /// <param name="create">Makes the protocol that lives begin with.</param>
    public ProtocolSwitch(Func<ProtocolSwitch, IProtocol> create) => _first = create(this);

    public bool IsWithinMessage => Current.IsWithinMessage;

    public bool IsIdle => Current.IsIdle;

    public bool HasBeenAsked => Current.HasBeenAsked;

    private IProtocol Current => _second ?? _first;

    /// <summary>Gives the bytes to another protocol. The first still hears of the connection's end.</summary>
    public void To(IProtocol second) => _second = second;

    public void Start() => _first.Start();

    public void Refuse(Refusal refusal) => _first.Refuse(refusal);

    public void OnReceived(ReadOnlySpan<byte> bytes) => Current.OnReceived(bytes);

    public void OnSent() => Current.OnSent();

    public void OnPeerEnded() => Current.OnPeerEnded();

    public void OnEnding() => Current.OnEnding();

    public void OnDeadline() => Current.OnDeadline();

    public void Drain() => Current.Drain();

    public void Leave()
    {
        _second?.Leave();
        _first.Leave();
    }

    public void End()
    {
        _second?.End();
        _second = null;
        _first.End();
    }

    public void Surrender()
    {
        _second?.Surrender();
        _first.Surrender();
    }

    public void Discard()
    {
        _second?.Discard();
        _first.Discard();
    }
}
