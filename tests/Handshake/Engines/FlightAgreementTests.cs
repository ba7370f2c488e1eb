using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Both engines answer a client's second flight alike where it is wrong in one respect: with the same alert, as the client reads
/// it, or not at all.</summary>
public sealed class FlightAgreementTests : IDisposable
{
    // Where libssl answers otherwise than the RFC has it, or both may.
    private static readonly HashSet<(TlsVersion Version, string Name)> _ours =
    [
        // Handshake and ChangeCipherSpec records have content (RFC 5246, section 6.2.1); libssl passes over those without.
        (TlsVersion.Tls12, "1403030000 before it"), (TlsVersion.Tls12, "1603030000 before it"),
        (TlsVersion.Tls12, "ChangeCipherSpec in halves"),
        // A ClientKeyExchange without a share can't be read: decode_error (RFC 5246, section 7.2.2), not handshake_failure.
        (TlsVersion.Tls12, "160303000410000000 before it"),
        // Another ChangeCipherSpec is unexpected (RFC 9846, section 5), not illegal_parameter.
        (TlsVersion.Tls13, "140303000102 before it"), (TlsVersion.Tls13, "14030300020101 before it"),
        (TlsVersion.Tls13, "1403030000 before it"), (TlsVersion.Tls13, "ChangeCipherSpec with another first bit"),
        (TlsVersion.Tls13, "ChangeCipherSpec with another middle bit"), (TlsVersion.Tls13, "ChangeCipherSpec with another last bit"),
        (TlsVersion.Tls13, "ChangeCipherSpec without its last byte"), (TlsVersion.Tls13, "ChangeCipherSpec in halves"),
        // Finished, or its rest, is read in clear: mostly as a message that is both unexpected and too long.
        (TlsVersion.Tls12, "ChangeCipherSpec of type 22"), (TlsVersion.Tls12, "ChangeCipherSpec left out"),
        // Data before the end are unexpected (RFC 5246, section 7.4.9), and bad_record_mac where libssl opens them first.
        (TlsVersion.Tls12, "Finished of type 23"),
        // A record that its key doesn't open ends in bad_record_mac (RFC 5246, section 7.2.2); some of OpenSSL 3.5 say internal_error.
        (TlsVersion.Tls12, "ChangeCipherSpec twice"), (TlsVersion.Tls12, "Finished with its first byte alone"),
        (TlsVersion.Tls12, "Finished in halves"),
    ];

    private readonly TestCertificate _certificate = new();
    private readonly TestCertificate _client = new();

    public void Dispose()
    {
        _certificate.Dispose();
        _client.Dispose();
    }

    [Theory]
    [InlineData(TlsVersion.Tls12, false, "ClientKeyExchange", "ChangeCipherSpec", "Finished")]
    [InlineData(TlsVersion.Tls13, false, "ChangeCipherSpec", "Finished")]
    [InlineData(TlsVersion.Tls12, true, "Certificate", "ClientKeyExchange", "CertificateVerify", "ChangeCipherSpec", "Finished")]
    [InlineData(TlsVersion.Tls13, true, "ChangeCipherSpec", "Certificate", "CertificateVerify", "Finished")]
    public void Second_flights_are_answered_alike(TlsVersion version, bool asksForCertificate, params string[] records)
    {
        var options = TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath) with
        {
            ClientAuthentication = asksForCertificate ? ClientAuthentication.Request : ClientAuthentication.Off,
            ClientAuthorityPath = asksForCertificate ? _client.ChainPath : null,
        };
        using var openSsl = TlsContext.Create(options with { Engine = TlsEngine.OpenSsl });
        using var bouncyCastle = TlsContext.Create(options with { Engine = TlsEngine.BouncyCastle });
        var differences = new List<string>();
        foreach (var (name, change) in Insertions().Concat(records.SelectMany(Changes)))
        {
            var (first, second) = (Answer(openSsl, version, change), Answer(bouncyCastle, version, change));
            if (first != second && !_ours.Contains((version, name)))
                differences.Add($"{name}: openssl {first}, bouncycastle {second}");
        }

        var text = string.Join('\n', differences);
        Assert.True(text.Length == 0, text);
    }

    private static IEnumerable<(string Name, Func<List<byte[]>, IEnumerable<byte[]>> Change)> Insertions()
    {
        byte[][] inserted =
        [
            [20, 3, 3, 0, 1, 1], [20, 3, 3, 0, 1, 2], [20, 3, 3, 0, 2, 1, 1], [20, 3, 3, 0, 0], [21, 3, 3, 0, 2, 1, 0],
            [21, 3, 3, 0, 2, 2, 40], [21, 3, 3, 0, 2, 1, 90], [21, 3, 3, 0, 1, 1], [22, 3, 3, 0, 0], [22, 3, 3, 0, 4, 0, 0, 0, 0],
            [22, 3, 3, 0, 4, 14, 0, 0, 0],
            [22, 3, 3, 0, 4, 99, 0, 0, 0], [22, 3, 3, 0, 4, 20, 0, 0, 0], [22, 3, 3, 0, 4, 16, 0, 0, 0], [23, 3, 3, 0, 0],
            [23, 3, 3, 0, 1, 0], [23, 3, 3, 0, 32, .. new byte[32]], [24, 3, 3, 0, 3, 1, 0, 0], [99, 3, 3, 0, 1, 0], [22, 3, 3, 0xFF, 0xFF],
        ];
        return inserted.Select(record => (
            $"{Convert.ToHexString(record)} before it", (Func<List<byte[]>, IEnumerable<byte[]>>)(flight => [record, .. flight])));
    }

    /// <summary>What may become of one record of a flight.</summary>
    private static IEnumerable<(string Name, Func<List<byte[]>, IEnumerable<byte[]>> Change)> Changes(string name, int place)
    {
        (string Name, Func<byte[], IEnumerable<byte[]>> Change)[] changes =
        [
            ("left out", _ => []),
            ("twice", record => [record, record]),
            ("with another first bit", record => [Flip(record, Wire.HeaderLength)]),
            ("with another middle bit", record => [Flip(record, Wire.HeaderLength + Half(record))]),
            ("with another last bit", record => [Flip(record, record.Length - 1)]),
            ("of type 21", record => [[21, .. record[1..]]]),
            ("of type 22", record => [[22, .. record[1..]]]),
            ("of type 23", record => [[23, .. record[1..]]]),
            ("without its last byte", record => [Cut(record, record.Length - Wire.HeaderLength - 1)]),
            ("with its first byte alone", record => [Cut(record, 1)]),
            ("in halves", record => [Cut(record, Half(record)), Rest(record, Half(record))]),
        ];
        return changes.Select(one => (
            $"{name} {one.Name}",
            (Func<List<byte[]>, IEnumerable<byte[]>>)(flight =>
                flight.SelectMany((record, index) => index == place ? one.Change(record) : [record]))));
    }

    private static byte[] Flip(byte[] record, int place) =>
        [.. record[..place], (byte)(record[place] ^ 1), .. record[(place + 1)..]];

    private static byte[] Cut(byte[] record, int length) =>
        [.. record[..3], (byte)(length >> 8), (byte)length, .. record.AsSpan(Wire.HeaderLength, length)];

    private static int Half(byte[] record) => (record.Length - Wire.HeaderLength) / 2;

    /// <summary>What <see cref="Cut"/> has left, as a record of its own.</summary>
    private static byte[] Rest(byte[] record, int length)
    {
        var rest = record.AsSpan(Wire.HeaderLength + length);
        return [.. record[..3], (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];
    }

    private string Answer(TlsContext context, TlsVersion version, Func<List<byte[]>, IEnumerable<byte[]>> change)
    {
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(version, certificate: (_client.ChainPath, _client.KeyPath));
        var flights = 0;
        Wire.ShakeHands(server, client, flight => flights++ == 1 ? change(Wire.Records(flight)) : [flight]);
        return $"{server.Status} {client.Failure}";
    }
}
