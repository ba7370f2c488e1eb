using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.Tickets;

/// <summary>A session outlives the key of its ticket, and what else its client could agree on.</summary>
public sealed class TicketRenewalTests : IDisposable
{
    private const int KeyLength = 80;

    private readonly TestCertificate _certificate = new();
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void A_session_resumed_with_an_older_key_gets_a_ticket_of_the_newest(TlsVersion version)
    {
        using var context = CreateContext();
        using var session = Wire.MakeSession(context, version);
        UseKeys(2, 1);
        context.Reload();

        var resumed = Resume(context, version, session, out var renewed);

        using (renewed)
        {
            Assert.True(resumed);
            UseKeys(2);
            context.Reload();
            Assert.False(Resume(context, version, session, out var other));
            other.Dispose();
            Assert.True(Resume(context, version, renewed, out other));
            other.Dispose();
        }
    }

    [Fact]
    public void A_ticket_of_TLS_12_with_the_newest_key_is_used_again()
    {
        using var context = CreateContext();
        using var session = Wire.MakeSession(context, TlsVersion.Tls12);
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(TlsVersion.Tls12, session: session);

        var sent = Wire.ShakeHands(server, client);

        Assert.True(server.Facts.Resumed);
        // ServerHello, ChangeCipherSpec and Finished.
        Assert.Equal([22, 20, 22], Wire.Records(sent).Select(record => (int)record[0]));
    }

    /// <summary>A resumption of TLS 1.2 agrees on no group, and signs nothing (RFC 5246, section 7.3).</summary>
    [Fact]
    public void A_session_of_TLS_12_is_resumed_by_a_client_that_has_no_group_in_common_any_more()
    {
        using var context = CreateContext();
        using var session = Wire.MakeSession(context, TlsVersion.Tls12);
        using var server = new ServerHandshake(context);
        using var stranger = new OpenSslClient(TlsVersion.Tls12, groups: "P-521");
        Wire.ShakeHands(server, stranger);
        Assert.Equal(HandshakeStatus.Failed, server.Status);
        server.Reset();

        using var client = new OpenSslClient(TlsVersion.Tls12, groups: "P-521", session: session);
        Wire.ShakeHands(server, client);

        Assert.Equal((HandshakeStatus.Done, string.Empty, true), (server.Status, server.FailureReason, server.Facts.Resumed));
    }

    private static bool Resume(TlsContext context, TlsVersion version, ClientSession session, out ClientSession next)
    {
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(version, session: session);
        Wire.ShakeHands(server, client);
        Assert.Equal((HandshakeStatus.Done, string.Empty), (server.Status, server.FailureReason));
        Assert.Equal(client.IsResumed, server.Facts.Resumed);
        next = client.TakeSession();
        return client.IsResumed;
    }

    private TlsContext CreateContext()
    {
        UseKeys(1);
        var options = TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath);
        return TestEngines.Create(options with { TicketKeyPath = _folder["tickets"] });
    }

    /// <summary>Writes keys by their numbers, the newest first.</summary>
    private void UseKeys(params byte[] keys)
    {
        File.WriteAllBytes(_folder["tickets"], [.. keys.SelectMany(key => Enumerable.Repeat(key, KeyLength))]);
        File.SetUnixFileMode(_folder["tickets"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
