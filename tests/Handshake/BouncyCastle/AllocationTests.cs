using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.BouncyCastle;

/// <summary>Managed memory of a handshake: BouncyCastle allocates new objects for each.</summary>
public sealed class AllocationTests
{
    private const int HandshakeBytes = 96 * 1024;

    /// <summary>A client: what the server has sent in, bytes for the server out.</summary>
    private delegate byte[] Answer(ReadOnlySpan<byte> received);

    [Theory]
    [InlineData(TlsVersion.Tls12, false)]
    [InlineData(TlsVersion.Tls12, true)]
    [InlineData(TlsVersion.Tls13, false)]
    [InlineData(TlsVersion.Tls13, true)]
    public void A_full_handshake_allocates_no_more_than_its_bound(TlsVersion version, bool rsa)
    {
        Check(rsa, server =>
        {
            using var client = new OpenSslClient(version);
            return Run(server, client.Advance);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_handshake_in_the_hybrid_group_allocates_no_more_than_its_bound(bool rsa) =>
        Check(rsa, server => Run(server, new HybridClient().Advance));

    /// <param name="run">Shakes hands, and returns the bytes that the server's side has allocated.</param>
    private static void Check(bool rsa, Func<ServerHandshake, long> run)
    {
        using var certificate = new TestCertificate(rsa);
        var options = TestCertificate.Options(certificate.ChainPath, certificate.KeyPath) with { Engine = TlsEngine.BouncyCastle };
        using var context = TlsContext.Create(options);
        using var server = new ServerHandshake(context);

        var allocated = long.MaxValue;
        for (var i = 0; i < Allocations.Tries; i++)
            allocated = Math.Min(allocated, run(server));

        Assert.InRange(allocated, 1, HandshakeBytes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated} bytes");
    }

    /// <returns>Bytes that the server's side has allocated.</returns>
    private static long Run(ServerHandshake server, Answer advance)
    {
        server.Reset();
        var allocated = 0L;
        for (var flight = advance([]); flight.Length > 0; flight = advance(server.Output), server.ClearOutput())
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            server.Offer(flight);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(HandshakeStatus.Done, server.Status);
        return allocated;
    }
}
