using System.Net.Security;
using System.Security.Authentication;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.Tests.Policy;

public sealed class ApplicationProtocolsTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task A_server_chooses_from_its_options_in_its_own_order()
    {
        using var context = Create(["h2", "http/1.1"]);
        using var handshake = new ServerHandshake(context);
        using var presented = await RuntimeClient.ShakeHandsAsync(
            handshake, new ClientWish { ApplicationProtocol = SslApplicationProtocol.Http2 });
        Assert.Equal("h2", handshake.Facts.Protocol);
        Assert.True(new ApplicationProtocols(["h2", "http/1.1"]).TryChoose("\bhttp/1.1\u0002h2"u8, out var chosen));
        Assert.Equal(10..12, chosen);
    }

    [Fact]
    public async Task A_protocol_that_the_options_leave_out_is_refused()
    {
        using var context = Create(["h2"]);
        using var handshake = new ServerHandshake(context);
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => RuntimeClient.ShakeHandsAsync(handshake, new ClientWish()));
        Assert.Equal(HandshakeStatus.Failed, handshake.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bad\u00e4")]
    public void A_name_that_cannot_be_sent_is_named(string name)
    {
        var refusal = Assert.Throws<TlsConfigurationException>(() => Create([name]));
        Assert.Contains($"'{name}'", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<TlsConfigurationException>(() => Create([]));
    }

    [Fact]
    public void A_list_that_is_cut_holds_only_the_names_before_the_cut() =>
        Assert.False(new ApplicationProtocols(["http/1.1"]).TryChoose("\u0002h2\bhttp/1."u8, out _));

    private TlsContext Create(IReadOnlyList<string> protocols) =>
        TestEngines.Create(TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath) with { Protocols = protocols });
}
