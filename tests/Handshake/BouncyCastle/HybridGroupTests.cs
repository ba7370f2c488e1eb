namespace TlsProxy.Handshake.Tests.BouncyCastle;

/// <summary>X25519MLKEM768, whatever OpenSSL is on the machine.</summary>
public sealed class HybridGroupTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public void A_client_with_the_hybrid_group_shakes_hands_by_it()
    {
        var options = TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath) with { Engine = TlsEngine.BouncyCastle };
        using var context = TlsContext.Create(options);
        using var server = new ServerHandshake(context);
        var client = new HybridClient();

        for (var flight = client.Advance([]); flight.Length > 0; flight = client.Advance(server.Output), server.ClearOutput())
            server.Offer(flight);

        Assert.Equal((HandshakeStatus.Done, string.Empty), (server.Status, server.FailureReason));
        Assert.Equal("X25519MLKEM768", server.Facts.Group);
        Assert.True(client.IsComplete);
    }
}
