using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Tests.Interop;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.Fuzzing;

/// <summary>Real handshakes, changed and cut, thousands of them. A seed that fails is named and can be run alone by setting TLSPROXY_SEED;
/// TLSPROXY_SEEDS=first-last runs others.</summary>
[Collection("alone")]
public sealed class HandshakeFuzzTests : IDisposable
{
    private const int Seeds = 4000;

    // A handshake that isn't let go of holds some fifty KiB.
    private const long LeakBytes = 8 << 20;

    private readonly TestCertificate _certificate = new();
    private readonly TlsContext _context;
    private readonly ClientSession[] _sessions;
    private int _done;
    private int _failed;

    public HandshakeFuzzTests()
    {
        _context = _certificate.CreateContext();
        _sessions = [Wire.MakeSession(_context, TlsVersion.Tls12), Wire.MakeSession(_context, TlsVersion.Tls13)];
        _sessions[1].AllowEarlyData(16384);
    }

    public void Dispose()
    {
        foreach (var session in _sessions)
            session.Dispose();
        _context.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public void Whatever_a_client_sends_is_answered_in_order_and_let_go_of()
    {
        using var reused = new ServerHandshake(_context);
        var (first, last) = SeedRange.OfTheRun(Seeds);
        var seeds = last - first + 1;
        RunAll(first, first + (seeds / 4), reused);
        var before = NativeMemoryUse.Bytes;
        RunAll(first + (seeds / 4), last + 1, reused);

        if (SeedRange.Chosen is not null)
            return;
        Assert.InRange(NativeMemoryUse.Bytes - before, long.MinValue, LeakBytes);
        // Without these a server that does nothing, or one that refuses everybody, would pass.
        Assert.InRange(_done, seeds / 10, seeds);
        Assert.InRange(_failed, seeds / 10, seeds);
    }

    private void RunAll(int from, int to, ServerHandshake reused)
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

    private void Run(int seed, ServerHandshake reused)
    {
        var random = new Random(seed);
        var version = random.Next(2) == 0 ? TlsVersion.Tls12 : TlsVersion.Tls13;
        var session = random.Next(3) == 0 ? _sessions[version == TlsVersion.Tls12 ? 0 : 1] : null;
        var groups = version == TlsVersion.Tls13 && random.Next(4) == 0 ? "P-521:P-256" : null;
        using var client = new OpenSslClient(version, groups, session);
        using var fresh = random.Next(2) == 0 ? new ServerHandshake(_context) : null;
        var server = fresh ?? reused;
        server.Reset();
        var mutator = new FlightMutator(random);
        if (version == TlsVersion.Tls13 && session is not null && random.Next(2) == 0)
        {
            foreach (var piece in mutator.Mutate(client.WriteEarlyData(new byte[random.Next(1, 16384)])))
                server.Offer(piece);
        }

        var sent = Wire.ShakeHands(server, client, mutator.Mutate);
        CheckEnd(server, sent);

        // Whatever follows changes no end, and out of no end it makes no success.
        var end = server.Status;
        _done += end == HandshakeStatus.Done ? 1 : 0;
        _failed += end == HandshakeStatus.Failed ? 1 : 0;
        var rest = new byte[random.Next(1, 5000)];
        random.NextBytes(rest);
        server.Offer(rest);
        Assert.Equal(end == HandshakeStatus.NeedMore && server.Status == HandshakeStatus.Failed ? server.Status : end, server.Status);
        CheckEnd(server, [.. sent, .. server.Output]);
        server.ClearOutput();
    }

    private static void CheckEnd(ServerHandshake server, byte[] sent)
    {
        switch (server.Status)
        {
            case HandshakeStatus.Done:
                Assert.NotEqual(0, server.Keys.Receive.Key.Length);
                Assert.False(server.HoldsMemory && server.Leftover.IsEmpty);
                break;
            case HandshakeStatus.Failed:
                Assert.NotEmpty(server.FailureReason);
                Assert.False(server.HoldsMemory);
                CheckAlert(server, sent);
                break;
        }
    }

    /// <summary>The last record is an alert, in clear or, with the type of application data, protected; none is due to who sent one itself,
    /// or HTTP.</summary>
    private static void CheckAlert(ServerHandshake server, byte[] sent)
    {
        if (server.IsPlaintextHttp || server.FailureReason.Contains("alert", StringComparison.Ordinal))
            return;
        // An alert whose version is wrong is taken for one, and named by its version.
        if (server.FailureReason == "wrong version number")
            return;
        var records = Wire.Records(sent);
        Assert.True(records.Count > 0 && records[^1][0] is 21 or 23, $"'{server.FailureReason}' was not answered with an alert");
    }
}
