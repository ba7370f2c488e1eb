using TlsProxy.Handshake.Keys;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.ProxyProtocol;
using TlsProxy.Testing.Lives;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>The fields of pooled connections, handshakes and messages that may differ after a life, with the reasons.</summary>
internal static class ConnectionSurvivors
{
    public static SurvivingFields Create() => new SurvivingFields()
        .With("Operation.Kind", "what it did last, which its callback looks at; a submission sets it before anything else does")
        .WithLazy("ConnectionStart._proxyHeader", CreateStage)
        .WithLazy("Connection._end", CreateEnd)
        .WithLazy("ChannelContext._session", _ => new SessionKeys())
        .WithLazy("ServerHandshake._engine", CreateEngine)
        .WithNative("SslServer.handle", Interop("HandshakeState"))
        .WithNative("KeyMemory.handle", keys => (int)Peek.At(keys, "<Length>k__BackingField")!);

    private static ProxyHeaderStage CreateStage(object start) =>
        new(((ConnectionServices)Peek.At(start, "_services")!).Exchanges.Loop, (ConnectionStart)start);

    private static SocketEnd CreateEnd(object connection)
    {
        var services = ((Connection)connection).Services;
        return new(services.Exchanges.Loop, services.Channel, (Connection)connection);
    }

    private static object CreateEngine(object handshake) =>
        Activator.CreateInstance(Peek.At(handshake, "_engine")!.GetType(), nonPublic: true)!;

    private static Type Interop(string name) =>
        typeof(SessionKeys).Assembly.GetType($"TlsProxy.Handshake.OpenSsl.Interop.{name}", throwOnError: true)!;
}
