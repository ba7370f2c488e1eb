using TlsProxy.Handshake.Keys;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>Every flight of a server may be cut anywhere, and come byte by byte; the handshake goes on with its last byte and not
/// before.</summary>
public sealed class ServerFlightTests : IDisposable
{
    private readonly TestOrigin _origin = new();
    private readonly TlsClientContext _clients;

    public ServerFlightTests() => _clients = TlsClientContext.Create(
        _origin.Options with { Certificate = _origin.SaveClient(_origin.Authority.IssueForClient("CN=proxy")) });

    public static TheoryData<TlsVersion, HandshakeKind> Kinds => new(
        from version in Enum.GetValues<TlsVersion>()
        from kind in Enum.GetValues<HandshakeKind>()
        where version == TlsVersion.Tls13 || kind != HandshakeKind.Retried
        select (version, kind));

    public void Dispose()
    {
        _clients.Dispose();
        _origin.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_flight_may_be_cut_at_each_byte(TlsVersion version, HandshakeKind kind)
    {
        using var servers = CreateServer(version, kind);
        var lengths = new List<int>();
        Run(servers, kind, bytes =>
        {
            // The lengths of signatures, and so of flights, differ by some bytes.
            lengths.Add(bytes.Length + 8);
            return [bytes];
        });

        for (var flight = 0; flight < lengths.Count; flight++)
        {
            for (var place = 1; place < lengths[flight]; place++)
                Run(servers, kind, Cut(flight, place));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Flights_may_come_byte_by_byte(TlsVersion version, HandshakeKind kind)
    {
        using var servers = CreateServer(version, kind);
        Run(servers, kind, bytes => bytes.Chunk(1));
    }

    private static Func<byte[], IEnumerable<byte[]>> Cut(int flight, int place)
    {
        var number = 0;
        return bytes => number++ == flight && place < bytes.Length ? [bytes[..place], bytes[place..]] : [bytes];
    }

    private ServerContext CreateServer(TlsVersion version, HandshakeKind kind)
    {
        // Our first share is of another group.
        var servers = _origin.CreateServer(version, groups: kind == HandshakeKind.Retried ? "P-384" : null);
        if (kind == HandshakeKind.Certified)
            servers.WithClients(_origin.AuthorityPath, isRequired: true);
        if (kind == HandshakeKind.Resumed)
            Run(servers, HandshakeKind.Full, bytes => [bytes]);
        return servers;
    }

    private void Run(ServerContext servers, HandshakeKind kind, Func<byte[], IEnumerable<byte[]>> cut)
    {
        using var client = new ClientHandshake(_clients);
        using var server = new MemoryServer(servers);
        var isResumable = kind is HandshakeKind.Resumed or HandshakeKind.Full;
        Exchange.ShakeHands(client, server, change: bytes =>
        {
            return Check(cut(bytes));

            IEnumerable<byte[]> Check(IEnumerable<byte[]> pieces)
            {
                foreach (var piece in pieces)
                {
                    // Nothing ends before the flight is whole; behind the end come tickets.
                    Assert.NotEqual(HandshakeStatus.Failed, client.Status);
                    yield return piece;
                }
            }
        });

        Assert.Equal((HandshakeStatus.Done, null), (client.Status, client.Failure.Reason));
        Assert.Equal((true, null), (server.IsDone, server.Failure));
        Assert.Equal(kind == HandshakeKind.Certified, server.HasClientCertificate);
        if (kind == HandshakeKind.Resumed)
            Assert.True(client.Facts.Resumed);
        using var tickets = isResumable ? client.TakeTickets() : null;
        if (tickets is not null)
            Exchange.GiveTickets(client.Keys, client.Leftover, tickets);
    }
}
