using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Both engines answer the same hellos alike: with a ServerHello, a HelloRetryRequest or the same alert.</summary>
public sealed class EngineAgreementTests : IDisposable
{
    // Where libssl answers with another alert than the RFC has.
    private static readonly HashSet<(string Name, string Answer)> _ours =
    [
        // SSL 3.0 ends in protocol_version (RFC 9846, appendix E.5), and a list that can't be read in decode_error (section 6.2).
        ("version 0300", "alert 70"), ("43 empty", "alert 50"), ("43 with a byte more", "alert 50"), ("43 with a byte less", "alert 50"),

        // OpenSSL 3.0 and 3.5 differ in these. A list of compression methods without null ends in illegal_parameter (RFC 9846, section
        // 4.2.2), a wrong renegotiation_info in handshake_failure (RFC 5746, section 3.6). Extension 27 isn't looked into: certificates
        // aren't compressed here.
        ("no suites", "alert 47"), ("deflate alone", "alert 47"),
        ("65281 empty", "alert 40"), ("65281 with a byte more", "alert 40"), ("65281 with a byte less", "alert 40"),
        ("27 empty", "hello"), ("27 with a byte more", "hello"), ("27 with a byte less", "hello"),

        // Some of OpenSSL 3.5 refuse a client that lists compressed points alone. Each reads uncompressed ones (RFC 8422, section 5.1.2).
        ("compressed points alone", "hello"),
    ];

    private readonly TestCertificate _ecdsa = new();
    private readonly TestCertificate _rsa = new(rsa: true);

    public void Dispose()
    {
        _ecdsa.Dispose();
        _rsa.Dispose();
    }

    [Theory]
    [InlineData(TlsVersion.Tls12, false)]
    [InlineData(TlsVersion.Tls12, true)]
    [InlineData(TlsVersion.Tls13, false)]
    [InlineData(TlsVersion.Tls13, true)]
    public void Hellos_are_answered_alike(TlsVersion version, bool isRsa)
    {
        var certificate = isRsa ? _rsa : _ecdsa;
        var options = TestCertificate.Options(certificate.ChainPath, certificate.KeyPath);
        using var openSsl = TlsContext.Create(options with { Engine = TlsEngine.OpenSsl });
        using var bouncyCastle = TlsContext.Create(options with { Engine = TlsEngine.BouncyCastle });
        using var client = new OpenSslClient(version);
        var variants = new HelloVariants(client.Advance().AsSpan(Wire.HeaderLength));
        var differences = variants.All()
            .Select(variant => (variant.Name, OpenSsl: Answer(openSsl, variant.Record), BouncyCastle: Answer(bouncyCastle, variant.Record)))
            .Where(answer => answer.OpenSsl != answer.BouncyCastle && !_ours.Contains((answer.Name, answer.BouncyCastle)))
            .Select(answer => $"{answer.Name}: openssl {answer.OpenSsl}, bouncycastle {answer.BouncyCastle}");
        var text = string.Join('\n', differences);
        Assert.True(text.Length == 0, text);
    }

    private static string Answer(TlsContext context, byte[] hello)
    {
        using var server = new ServerHandshake(context);
        server.Offer(hello);
        if (server.Output.IsEmpty)
            return $"nothing ({server.Status})";
        var record = server.Output;
        // A HelloRetryRequest has a random of its own (RFC 9846, section 4.2.3).
        return record[0] == 21
            ? $"alert {record[6]}"
            : record[Wire.HeaderLength + 6] == 0xCF && record[Wire.HeaderLength + 7] == 0x21 ? "retry" : "hello";
    }
}
