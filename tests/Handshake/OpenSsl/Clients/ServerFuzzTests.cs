using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Tests.Fuzzing;
using TlsProxy.Handshake.Tests.Interop;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>Real handshakes of servers, changed and cut, thousands of them. A seed that fails is named and can be run alone by setting
/// TLSPROXY_SEED; TLSPROXY_SEEDS=first-last runs others.</summary>
[Collection("alone")]
public sealed class ServerFuzzTests : IDisposable
{
    private const int Seeds = 3000;

    // A handshake that isn't let go of holds some fifty KiB.
    private const long LeakBytes = 8 << 20;

    private readonly TestOrigin _origin = new();
    private readonly TlsClientContext _clients;
    private readonly ServerContext[] _servers;
    private int _done;
    private int _failed;

    public ServerFuzzTests()
    {
        _clients = TlsClientContext.Create(_origin.Options);
        _servers =
        [
            _origin.CreateServer(TlsVersion.Tls12), _origin.CreateServer(TlsVersion.Tls13),
            _origin.CreateServer(TlsVersion.Tls13, groups: "P-384"),
            _origin.CreateServer(TlsVersion.Tls12).WithClients(_origin.AuthorityPath, isRequired: false),
            _origin.CreateServer(TlsVersion.Tls13).WithClients(_origin.AuthorityPath, isRequired: false),
        ];
    }

    public void Dispose()
    {
        foreach (var server in _servers)
            server.Dispose();
        _clients.Dispose();
        _origin.Dispose();
    }

    [Fact]
    public void Whatever_a_server_sends_ends_in_order_and_is_let_go_of()
    {
        using var reused = new ClientHandshake(_clients);
        var (first, last) = SeedRange.OfTheRun(Seeds);
        var seeds = last - first + 1;
        RunAll(first, first + (seeds / 4), reused);
        var before = NativeMemoryUse.Bytes;
        RunAll(first + (seeds / 4), last + 1, reused);

        if (SeedRange.Chosen is not null)
            return;
        Assert.InRange(NativeMemoryUse.Bytes - before, long.MinValue, LeakBytes);
        // Without these a client that does nothing, or one that refuses everybody, would pass.
        Assert.InRange(_done, seeds / 10, seeds);
        Assert.InRange(_failed, seeds / 10, seeds);
    }

    private void RunAll(int from, int to, ClientHandshake reused)
    {
        for (var seed = from; seed < to; seed++)
        {
            try
            {
                Run(seed, reused);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"Seed {seed} failed: {exception.Message}", exception);
            }
        }
    }

    private void Run(int seed, ClientHandshake reused)
    {
        var random = new Random(seed);
        using var fresh = random.Next(2) == 0 ? new ClientHandshake(_clients) : null;
        var client = fresh ?? reused;
        client.Reset();
        using var server = new MemoryServer(_servers[random.Next(_servers.Length)]);
        var mutator = new FlightMutator(random);
        Exchange.ShakeHands(client, server, change: mutator.Mutate);
        CheckEnd(client);

        // Whatever follows changes no end, and out of no end it makes no success.
        var end = client.Status;
        _done += end == HandshakeStatus.Done ? 1 : 0;
        _failed += end == HandshakeStatus.Failed ? 1 : 0;
        using var tickets = random.Next(2) == 0 ? client.TakeTickets() : null;
        var rest = new byte[random.Next(1, 5000)];
        random.NextBytes(rest);
        client.Offer(rest);
        Assert.Equal(end == HandshakeStatus.NeedMore && client.Status == HandshakeStatus.Failed ? client.Status : end, client.Status);
        CheckEnd(client);
        OfferTickets(client, tickets, mutator);
    }

    /// <summary>What the record layer would give, changed: tickets are of a server that was verified, and yet checked.</summary>
    private static void OfferTickets(ClientHandshake client, ClientTickets? tickets, FlightMutator mutator)
    {
        if (tickets is null)
            return;
        var first = client.Leftover;
        if (first.Length < Wire.HeaderLength || first.Length < Wire.HeaderLength + (first[3] << 8) + first[4])
            return;
        var record = first[..(Wire.HeaderLength + (first[3] << 8) + first[4])].ToArray();
        if (TestRecords.TryOpen(client.Keys, client.Keys.Receive, record) is not { } message)
            return;
        foreach (var piece in mutator.Mutate(message))
            tickets.Offer(piece.AsSpan(0, Math.Min(piece.Length, 16384)));
    }

    private static void CheckEnd(ClientHandshake client)
    {
        switch (client.Status)
        {
            case HandshakeStatus.Done:
                Assert.NotEqual(0, client.Keys.Receive.Key.Length);
                Assert.Equal(PeerVerification.Verified, client.Facts.Verification);
                break;
            case HandshakeStatus.Failed:
                Assert.NotEmpty(client.Failure.Reason);
                Assert.Throws<InvalidOperationException>(() => client.Keys);
                Assert.True(client.Leftover.IsEmpty);
                break;
            default:
                Assert.InRange(client.ReceivedBytes, 0, ClientHandshake.ReceivedMaximum);
                break;
        }
    }
}
