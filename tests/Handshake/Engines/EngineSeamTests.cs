using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Handshakes of an engine that isn't OpenSSL, in both roles.</summary>
public sealed class EngineSeamTests : IDisposable
{
    private readonly TestCertificate _certificate = new();
    private readonly TestEngine _engine = new();
    private readonly TlsContext _context;

    public EngineSeamTests() =>
        _context = TlsContext.Create(TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath), _engine);

    public void Dispose()
    {
        _context.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(1)]
    public void Client_and_server_of_one_engine_agree_on_keys_names_and_protocol(int piece)
    {
        using var server = new ServerHandshake(_context);
        using var client = Start(Terms("h2", "http/1.1"), "localhost");
        using var keys = new SessionKeys();

        var records = ShakeHands(server, client, piece);

        Assert.Equal(HandshakeStatus.Done, server.Status);
        Assert.Equal(("http/1.1", "localhost", true), (server.Facts.Protocol, server.ServerName, server.Facts.HasServerName));
        // The ticket has left under the application keys, alone.
        Assert.Equal(1UL, server.Keys.Transmit.Sequence);
        Assert.True(server.OutputMayWait);
        Assert.Single(records);
        var facts = client.ReadFacts();
        Assert.Equal(("http/1.1", PeerVerification.Verified), (facts.Protocol, facts.Verification));
        Assert.Equal("CN=localhost", facts.PeerCertificate?.Subject);
        Assert.True(client.TryExportKeys(keys, new RecordPositions(0, 1, 0)));
        Assert.Equal(server.Keys.Receive.Key, keys.Transmit.Key);
        Assert.Equal(server.Keys.Transmit.Key, keys.Receive.Key);
        Assert.Equal(server.Keys.Transmit.Sequence, keys.Receive.Sequence);
    }

    [Fact]
    public void A_client_resumes_the_session_that_a_ticket_behind_the_handshake_has_made()
    {
        using var server = new ServerHandshake(_context);
        using var client = Start(Terms("http/1.1"), "localhost");
        var ticket = ShakeHands(server, client).Single();
        Assert.Null(client.TakeSession());
        using var session = client.TakeTicket(ticket);
        Assert.NotNull(session);
        server.Reset();

        using var again = Start(Terms("http/1.1"), "localhost", session);
        ShakeHands(server, again);

        Assert.True(server.Facts.Resumed);
        Assert.True(again.ReadFacts().Resumed);
    }

    [Fact]
    public void A_certificate_for_another_name_ends_the_clients_handshake()
    {
        using var server = new ServerHandshake(_context);
        using var strict = Start(Terms("http/1.1"), "other.example");
        ShakeHands(server, strict);
        Assert.Equal(HandshakeStatus.NeedMore, server.Status);
        Assert.True(strict.IsCertificateRefused);
    }

    [Fact]
    public void A_failure_of_the_engine_ends_the_handshake_with_its_reason()
    {
        using var server = new ServerHandshake(_context);
        using var client = Start(Terms("h2"), "localhost");
        ShakeHands(server, client);
        Assert.Equal(new HandshakeFailure("no application protocol", IsPlaintextHttp: false), server.Failure);
    }

    [Fact]
    public void A_setup_is_freed_when_the_last_handshake_with_it_has_ended()
    {
        using var server = new ServerHandshake(_context);
        using var client = Start(Terms("http/1.1"), "localhost");
        client.Step([], out _);
        server.Offer(Take(client));
        var setup = (TestEngine.Setup)_context.TryAcquire()!;
        setup.Release();

        _context.Dispose();

        Assert.False(setup.IsFreed);
        server.Reset();
        Assert.True(setup.IsFreed);
    }

    [Fact]
    public void A_setup_is_freed_though_a_handshake_with_it_could_not_begin()
    {
        using var server = new ServerHandshake(_context);
        using var client = Start(Terms("http/1.1"), "localhost");
        client.Step([], out _);
        var hello = Take(client);
        _engine.StartFault = new InsufficientMemoryException("no memory for keys");
        Assert.Throws<InsufficientMemoryException>(() => server.Offer(hello));
        var setup = (TestEngine.Setup)_context.TryAcquire()!;
        setup.Release();

        server.Dispose();
        _context.Dispose();

        Assert.True(setup.IsFreed);
    }

    private static byte[] Take(IClientHandshake client)
    {
        var output = new byte[client.PendingOutput];
        client.ReadOutput(output);
        return output;
    }

    /// <returns>The records that the server has sent when the client had ended.</returns>
    private static List<byte[]> ShakeHands(ServerHandshake server, IClientHandshake client, int piece = 4096)
    {
        var late = new List<byte[]>();
        var status = client.Step([], out _);
        while (client.PendingOutput > 0)
        {
            foreach (var part in Take(client).Chunk(piece))
                server.Offer(part);
            if (server.Output.IsEmpty)
                break;
            var answer = server.Output.ToArray();
            server.ClearOutput();
            if (status == HandshakeStatus.NeedMore)
                status = client.Step(answer, out _);
            else
                late.Add(answer);
        }

        return late;
    }

    private IClientHandshake Start(ClientTerms terms, string name, EngineSession? session = null)
    {
        var client = _engine.CreateClientHandshake();
        Assert.True(client.TryStart(new HandshakeStart(_engine.PrepareClient(terms), ServerIdentity.Parse(name), session)));
        return client;
    }

    private ClientTerms Terms(params string[] protocols) =>
        new(TlsProfile.Intermediate, new ApplicationProtocols(protocols), ServerAuthorities.Read(_certificate.ChainPath, pipes: null));
}
