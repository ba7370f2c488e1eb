using TlsProxy.Handshake.Engines;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>Handshakes of a server, one after the other.</summary>
internal sealed unsafe class SslServer : SslObject
{
    internal SslServer()
        : base(HandshakeRole.Server)
    {
    }

    public override bool TryStart(in HandshakeStart start)
    {
        var contexts = (TlsContextSet)start.Setup;
        if (!TryCreate(contexts.Context(0)))
            return false;
        LibSsl.SSL_set_accept_state(Ssl);
        State->Contexts = contexts.Handle;
        return true;
    }

    public override HandshakeFacts ReadFacts()
    {
        var contexts = ContextCallbacks.ContextsOf(State) ?? throw new InvalidOperationException("No handshake is under way.");
        return ReadCommonFacts(contexts.Protocols) with
        {
            Names = contexts.IsByName ? contexts.Group(State->Selected).Names : null,
        };
    }
}
