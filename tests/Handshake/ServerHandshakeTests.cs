using System.Net.Security;
using System.Security.Authentication;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests;

public sealed class ServerHandshakeTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12, false, 4096)]
    [InlineData(SslProtocols.Tls13, false, 4096)]
    [InlineData(SslProtocols.Tls12, true, 4096)]
    [InlineData(SslProtocols.Tls13, true, 4096)]
    [InlineData(SslProtocols.Tls13, false, 1)]
    [InlineData(SslProtocols.Tls12, false, 3)]
    public async Task A_handshake_ends_with_keys_and_names_however_its_bytes_come(SslProtocols protocol, bool rsa, int piece)
    {
        using var certificate = new TestCertificate(rsa);
        using var context = certificate.CreateContext();
        using var handshake = new ServerHandshake(context);

        await RuntimeClient.ShakeHandsAsync(handshake, new ClientWish { Protocol = protocol, Piece = piece });

        Assert.Equal(HandshakeStatus.Done, handshake.Status);
        Assert.Equal("localhost", handshake.ServerName);
        Assert.Equal("http/1.1", handshake.Facts.Protocol);
        Assert.False(handshake.Facts.Resumed);
        var keys = handshake.Keys;
        Assert.Equal(protocol == SslProtocols.Tls13 ? TlsVersion.Tls13 : TlsVersion.Tls12, keys.Version);
        // One ticket has left under the keys of TLS 1.3; Finished was the first record of TLS 1.2.
        Assert.Equal(1UL, keys.Transmit.Sequence);
        Assert.Equal(protocol == SslProtocols.Tls13 ? 0UL : 1UL, keys.Receive.Sequence);
        Assert.NotEqual(keys.Transmit.Key.ToArray(), keys.Receive.Key.ToArray());
        handshake.Reset();
        Assert.Throws<InvalidOperationException>(() => handshake.Keys);
        Assert.Equal(-1, keys.Transmit.Key.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public async Task A_client_of_HTTP_1_0_alone_is_taken()
    {
        using var context = _certificate.CreateContext();
        using var handshake = new ServerHandshake(context);
        var wish = new ClientWish { ApplicationProtocol = new SslApplicationProtocol("http/1.0") };
        using var presented = await RuntimeClient.ShakeHandsAsync(handshake, wish);
        Assert.Equal("http/1.0", handshake.Facts.Protocol);
    }

    [Fact]
    public async Task A_client_that_offers_only_other_protocols_is_refused()
    {
        using var context = _certificate.CreateContext();
        using var handshake = new ServerHandshake(context);
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => RuntimeClient.ShakeHandsAsync(
            handshake, new ClientWish { ApplicationProtocol = new SslApplicationProtocol("h3") }));
        Assert.Equal(HandshakeStatus.Failed, handshake.Status);
    }

    [Fact]
    public void Plain_HTTP_is_recognised_and_gets_no_alert()
    {
        using var context = _certificate.CreateContext();
        using var handshake = new ServerHandshake(context);
        Assert.Equal(HandshakeStatus.Failed, handshake.Offer("GET / HTTP/1.1\r\n"u8));
        Assert.True(handshake.IsPlaintextHttp);
        Assert.True(handshake.Output.IsEmpty);
    }

    [Theory]
    [InlineData("0000000000000000")]
    [InlineData("8080010301005700")]
    [InlineData("160301FFFF010000")]
    [InlineData("1603010005FFFFFFFFFF")]
    public void What_is_no_hello_fails_with_an_alert(string bytes)
    {
        using var context = _certificate.CreateContext();
        using var handshake = new ServerHandshake(context);
        Assert.Equal(HandshakeStatus.Failed, handshake.Offer(Convert.FromHexString(bytes)));
        Assert.False(handshake.IsPlaintextHttp);
        Assert.Equal(21, handshake.Output[0]);
        Assert.NotEmpty(handshake.FailureReason);
    }

    [Fact]
    public void Random_bytes_after_the_first_header_never_do_harm()
    {
        using var context = _certificate.CreateContext();
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            using var handshake = new ServerHandshake(context);
            var bytes = new byte[random.Next(6, 2000)];
            random.NextBytes(bytes);
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (22, 3, 1, (byte)(bytes[3] & 3));
            foreach (var piece in bytes.Chunk(random.Next(1, 400)))
                handshake.Offer(piece);
            Assert.NotEqual(HandshakeStatus.Done, handshake.Status);
        }
    }

    [Theory]
    [InlineData("chain")]
    [InlineData("key")]
    public void A_file_that_cannot_be_used_is_named(string which)
    {
        var garbage = Path.GetTempFileName();
        foreach (var path in new[] { "/does/not/exist", garbage })
        {
            var wrong = which == "chain"
                ? TestCertificate.Options(path, _certificate.KeyPath)
                : TestCertificate.Options(_certificate.ChainPath, path);
            var refusal = Assert.Throws<TlsConfigurationException>(() => TestEngines.Create(wrong));
            Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        }

        File.Delete(garbage);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        using var other = new TestCertificate();
        var options = TestCertificate.Options(_certificate.ChainPath, other.KeyPath);
        var refusal = Assert.Throws<TlsConfigurationException>(() => TestEngines.Create(options));
        Assert.Contains(other.KeyPath, refusal.Message, StringComparison.Ordinal);
    }
}
