using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>Sessions are resumed with the server that they were made with, and with no other.</summary>
public sealed class ResumptionTests : IDisposable
{
    private readonly TestOrigin _origin = new();
    private readonly ShiftedTime _time = new();

    public ResumptionTests() => _origin.Use(_origin.Authority.Issue(["localhost", "other.example"]));

    public static TheoryData<TlsVersion> Versions => new(Enum.GetValues<TlsVersion>());

    public void Dispose() => _origin.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_session_is_for_its_name_and_its_terms(TlsVersion version)
    {
        using var servers = _origin.CreateServer(version);
        using var clients = TlsClientContext.Create(_origin.Options);
        using var others = TlsClientContext.Create(_origin.Options);
        Assert.False(Talk(clients, servers).Resumed);
        Assert.False(Talk(clients, servers, "other.example").Resumed);
        Assert.False(Talk(others, servers).Resumed);
        Assert.True(Talk(clients, servers).Resumed);
        Assert.True(Talk(clients, servers, "other.example").Resumed);

        clients.Reload();
        Assert.False(Talk(clients, servers).Resumed);
        Assert.True(Talk(others, servers).Resumed);
    }

    [Fact]
    public void A_ticket_of_TLS_1_3_is_offered_once()
    {
        using var servers = _origin.CreateServer(TlsVersion.Tls13).WithTickets(1);
        using var clients = TlsClientContext.Create(_origin.Options);
        Talk(clients, servers);
        Assert.True(Talk(clients, servers, takesTickets: false).Resumed);
        Assert.False(Talk(clients, servers, takesTickets: false).Resumed);
    }

    [Fact]
    public void A_session_of_TLS_1_2_is_offered_again()
    {
        using var servers = _origin.CreateServer(TlsVersion.Tls12);
        using var clients = TlsClientContext.Create(_origin.Options);
        Talk(clients, servers);
        for (var i = 0; i < 3; i++)
            Assert.True(Talk(clients, servers).Resumed);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_session_is_not_offered_when_its_ticket_or_the_certificate_has_expired(TlsVersion version)
    {
        using var servers = _origin.CreateServer(version);
        using var clients = TlsClientContext.Create(_origin.Options, _time);
        Talk(clients, servers);
        Talk(clients, servers);
        _time.Shift = TimeSpan.FromDays(8);
        Assert.False(Talk(clients, servers).Resumed);

        _time.Shift = TimeSpan.Zero;
        _origin.Use(_origin.Authority.Issue(["localhost"], notAfter: DateTimeOffset.UtcNow.AddMinutes(10)));
        using var fading = _origin.CreateServer(version);
        using var newer = TlsClientContext.Create(_origin.Options, _time);
        Talk(newer, fading);
        Assert.True(Talk(newer, fading).Resumed);
        _time.Shift = TimeSpan.FromMinutes(11);
        Assert.False(Talk(newer, fading).Resumed);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_server_that_knows_the_session_no_more_is_verified_anew(TlsVersion version)
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        using (var before = _origin.CreateServer(version))
            Talk(clients, before);
        using (var after = _origin.CreateServer(version))
            Assert.False(Talk(clients, after).Resumed);

        // Nor does a session stand for a certificate that is presented.
        using var authority = Testing.TestAuthority.CreateRoot("Others");
        _origin.Use(authority.Issue(["localhost"]));
        using var hostile = _origin.CreateServer(version);
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(hostile);
        Exchange.ShakeHands(client, server);
        Assert.Equal((HandshakeStatus.Failed, true), (client.Status, client.Failure.IsOfCertificate));
    }

    [Fact]
    public void A_handshake_that_fails_takes_the_sessions_of_its_server_along()
    {
        using var servers = _origin.CreateServer(TlsVersion.Tls13).WithTickets(4);
        using var clients = TlsClientContext.Create(_origin.Options);
        Talk(clients, servers);
        using (var client = new ClientHandshake(clients))
        {
            client.Start(ServerIdentity.Parse("localhost"));
            client.Offer("HTTP/1.1 400 Bad Request\r\n"u8);
            Assert.Equal(new ClientFailure("the server doesn't speak TLS", IsOfCertificate: false), client.Failure);
        }

        Assert.False(Talk(clients, servers).Resumed);
    }

    [Fact]
    public void A_connection_takes_four_tickets_and_no_message_that_is_none()
    {
        using var servers = _origin.CreateServer(TlsVersion.Tls13).WithTickets(10);
        using var clients = TlsClientContext.Create(_origin.Options);
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server);
        using (var tickets = client.TakeTickets()!)
        {
            Assert.Null(client.TakeTickets());
            Assert.Equal(10, Exchange.GiveTickets(client.Keys, client.Leftover, tickets));
            Assert.False(tickets.IsOpen);
        }

        for (var i = 0; i < 4; i++)
            Assert.True(Talk(clients, servers, takesTickets: false).Resumed);
        Assert.False(Talk(clients, servers, takesTickets: false).Resumed);

        using var other = new ClientHandshake(clients);
        using var otherServer = new MemoryServer(servers);
        Exchange.ShakeHands(other, otherServer);
        using var closed = other.TakeTickets()!;
        closed.Offer([4, 0, 0, 3, 1, 2, 3]);
        Assert.False(closed.IsOpen);
        Exchange.GiveTickets(other.Keys, other.Leftover, closed);
        Assert.False(Talk(clients, servers, takesTickets: false).Resumed);
    }

    private static HandshakeFacts Talk(
        TlsClientContext clients, ServerContext servers, string name = "localhost", bool takesTickets = true)
    {
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server, name);
        Assert.Equal((HandshakeStatus.Done, null), (client.Status, client.Failure.Reason));
        Assert.Equal(client.Facts.Resumed, server.IsResumed);
        using var tickets = takesTickets ? client.TakeTickets() : null;
        if (tickets is not null)
            Exchange.GiveTickets(client.Keys, client.Leftover, tickets);
        return client.Facts;
    }

    /// <summary>The system's clock, ahead of it.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
