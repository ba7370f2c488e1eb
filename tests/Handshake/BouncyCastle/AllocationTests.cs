using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.BouncyCastle;

/// <summary>Managed memory of a handshake: BouncyCastle makes its objects anew for each.</summary>
public sealed class AllocationTests
{
    private const int HandshakeBytes = 96 * 1024;

    [Theory]
    [InlineData(TlsVersion.Tls12, false)]
    [InlineData(TlsVersion.Tls12, true)]
    [InlineData(TlsVersion.Tls13, false)]
    [InlineData(TlsVersion.Tls13, true)]
    public void A_full_handshake_allocates_no_more_than_its_bound(TlsVersion version, bool rsa)
    {
        using var certificate = new TestCertificate(rsa);
        var options = TestCertificate.Options(certificate.ChainPath, certificate.KeyPath) with { Engine = TlsEngine.BouncyCastle };
        using var context = TlsContext.Create(options);
        using var server = new ServerHandshake(context);

        var allocated = long.MaxValue;
        for (var i = 0; i < Allocations.Tries; i++)
            allocated = Math.Min(allocated, Run(server, version));

        Assert.InRange(allocated, 1, HandshakeBytes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated} bytes");
    }

    /// <returns>Bytes that the server's side has allocated.</returns>
    private static long Run(ServerHandshake server, TlsVersion version)
    {
        server.Reset();
        using var client = new OpenSslClient(version);
        var allocated = 0L;
        for (var flight = client.Advance(); flight.Length > 0; flight = client.Advance(server.Output), server.ClearOutput())
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            server.Offer(flight);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(HandshakeStatus.Done, server.Status);
        return allocated;
    }
}
