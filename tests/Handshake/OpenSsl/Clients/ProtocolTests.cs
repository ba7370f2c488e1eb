using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.OpenSsl;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>The application protocol is one that the client has offered, or none (RFC 7301, section 3.2).</summary>
public sealed class ProtocolTests : IDisposable
{
    private const int IllegalParameter = 47;
    private const int DecodeError = 50;

    private static readonly (string, int) s_ours = ("the server chose an application protocol that wasn't offered", IllegalParameter);

    private readonly TestOrigin _origin = new();

    public static TheoryData<TlsVersion> Versions => new(Enum.GetValues<TlsVersion>());

    public void Dispose() => _origin.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_server_may_choose_what_is_offered_or_nothing(TlsVersion version)
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        using var choosing = _origin.CreateServer(version).WithProtocol("http/1.1");
        using var silent = _origin.CreateServer(version);
        Assert.Equal((HandshakeStatus.Done, "http/1.1"), Talk(clients, choosing));
        Assert.Equal((HandshakeStatus.Done, null), Talk(clients, silent));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_server_that_chooses_another_is_left_with_an_alert(TlsVersion version)
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        // Whether libssl looks, and what it says then, depends on its release.
        AssertLeft(clients, version, s_ours, ("bad extension", DecodeError));

        // As with a release of libssl that doesn't look.
        using var careless = TlsClientContext.Create(_origin.Options with { Protocols = ["http/1.1", "h2"] }, new CarelessEngine());
        AssertLeft(careless, version, s_ours);
    }

    private void AssertLeft(TlsClientContext clients, TlsVersion version, params (string Reason, int Alert)[] ends)
    {
        using var servers = _origin.CreateServer(version).WithProtocol("h2");
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server);
        Assert.Equal((HandshakeStatus.Failed, false), (client.Status, server.IsDone));
        Assert.Contains((client.Failure.Reason, server.Alert), ends);
        Assert.Throws<InvalidOperationException>(() => client.Keys);
    }

    private static (HandshakeStatus Status, string? Protocol) Talk(TlsClientContext clients, Testing.Interop.ServerContext servers)
    {
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server);
        return (client.Status, client.Facts.Protocol);
    }

    /// <summary>libssl, which offers more than the client believes.</summary>
    private sealed class CarelessEngine : IClientEngine
    {
        public EngineSetup PrepareServer(ServerTerms terms) => throw new NotSupportedException();

        public EngineSetup PrepareClient(ClientTerms terms) =>
            new ClientSetup(terms) { Protocols = new ApplicationProtocols(["http/1.1"]) };

        public IEngineHandshake CreateHandshake() => throw new NotSupportedException();

        public IClientHandshake CreateClientHandshake() => OpenSslEngine.Instance.CreateClientHandshake();
    }
}
