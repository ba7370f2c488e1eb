using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Servers with the same ticket keys and different engines: neither reads the other's tickets, and neither fails by
/// them.</summary>
public sealed class ForeignTicketTests : IDisposable
{
    private readonly TestCertificate _certificate = new();
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(TlsEngine.OpenSsl, TlsEngine.BouncyCastle, TlsVersion.Tls12)]
    [InlineData(TlsEngine.OpenSsl, TlsEngine.BouncyCastle, TlsVersion.Tls13)]
    [InlineData(TlsEngine.BouncyCastle, TlsEngine.OpenSsl, TlsVersion.Tls12)]
    [InlineData(TlsEngine.BouncyCastle, TlsEngine.OpenSsl, TlsVersion.Tls13)]
    public void A_ticket_of_another_engine_leads_to_a_full_handshake(TlsEngine first, TlsEngine second, TlsVersion version)
    {
        var keys = _folder["tickets"];
        File.WriteAllBytes(keys, [.. Enumerable.Range(0, 80).Select(number => (byte)number)]);
        File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var options = TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath) with { TicketKeyPath = keys };
        using var maker = TlsContext.Create(options with { Engine = first });
        using var taker = TlsContext.Create(options with { Engine = second });
        using var session = Wire.MakeSession(maker, version);
        Assert.True(IsResumed(maker));
        Assert.False(IsResumed(taker));

        bool IsResumed(TlsContext context)
        {
            using var server = new ServerHandshake(context);
            using var client = new OpenSslClient(version, session: session);
            Wire.ShakeHands(server, client);
            Assert.Equal((HandshakeStatus.Done, string.Empty), (server.Status, server.FailureReason));
            Assert.Equal(client.IsResumed, server.Facts.Resumed);
            return client.IsResumed;
        }
    }
}
