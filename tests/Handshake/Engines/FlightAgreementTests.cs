using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Both engines answer a client's second flight alike where it is wrong in one respect: with the same alert, as the client reads
/// it, or not at all.</summary>
public sealed class FlightAgreementTests : IDisposable
{
    // Where libssl answers otherwise than the RFC has it, or both may.
    private static readonly HashSet<(TlsVersion Version, string Name)> _ours =
    [
        // ChangeCipherSpec and handshake records have content (RFC 5246, section 6.2.1).
        (TlsVersion.Tls12, "1403030000 before it"), (TlsVersion.Tls12, "1603030000 before it"),
        // A ClientKeyExchange without a share can't be read: decode_error (RFC 5246, section 7.2.2).
        (TlsVersion.Tls12, "160303000410000000 before it"),
        // Another ChangeCipherSpec is unexpected (RFC 9846, section 5).
        (TlsVersion.Tls13, "140303000102 before it"), (TlsVersion.Tls13, "14030300020101 before it"),
        (TlsVersion.Tls13, "1403030000 before it"), (TlsVersion.Tls13, "record 0 with change 2"),
        (TlsVersion.Tls13, "record 0 with change 3"), (TlsVersion.Tls13, "record 0 with change 7"),
        // What follows is read as a message in clear, or as the rest of one, that is too long.
        (TlsVersion.Tls12, "record 1 with change 0"), (TlsVersion.Tls12, "record 1 with change 4"),
        // Finished in a record of the wrong type is unexpected before it is opened.
        (TlsVersion.Tls12, "record 2 with change 5"),
    ];

    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Second_flights_are_answered_alike(TlsVersion version)
    {
        var options = TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath);
        using var openSsl = TlsContext.Create(options with { Engine = TlsEngine.OpenSsl });
        using var bouncyCastle = TlsContext.Create(options with { Engine = TlsEngine.BouncyCastle });
        var differences = new List<string>();
        for (var i = 0; Change(i, 3, out var name) is { } change; i++)
        {
            var (first, second) = (Answer(openSsl, version, change), Answer(bouncyCastle, version, change));
            if (first != second && !_ours.Contains((version, name)))
                differences.Add($"{name}: openssl {first}, bouncycastle {second}");
        }

        var text = string.Join('\n', differences);
        Assert.True(text.Length == 0, text);
    }

    /// <summary>The change of a number; null behind the last.</summary>
    /// <param name="records">Of the flight at most.</param>
    private static Func<List<byte[]>, IEnumerable<byte[]>>? Change(int number, int records, out string name)
    {
        byte[][] inserted =
        [
            [20, 3, 3, 0, 1, 1], [20, 3, 3, 0, 1, 2], [20, 3, 3, 0, 2, 1, 1], [20, 3, 3, 0, 0], [21, 3, 3, 0, 2, 1, 0],
            [21, 3, 3, 0, 2, 2, 40], [21, 3, 3, 0, 2, 1, 90], [21, 3, 3, 0, 1, 1], [22, 3, 3, 0, 0], [22, 3, 3, 0, 4, 0, 0, 0, 0],
            [22, 3, 3, 0, 4, 14, 0, 0, 0],
            [22, 3, 3, 0, 4, 99, 0, 0, 0], [22, 3, 3, 0, 4, 20, 0, 0, 0], [22, 3, 3, 0, 4, 16, 0, 0, 0], [23, 3, 3, 0, 0],
            [23, 3, 3, 0, 1, 0], [23, 3, 3, 0, 32, .. new byte[32]], [24, 3, 3, 0, 3, 1, 0, 0], [99, 3, 3, 0, 1, 0], [22, 3, 3, 0xFF, 0xFF],
        ];
        if (number < inserted.Length)
        {
            name = $"{Convert.ToHexString(inserted[number])} before it";
            return flight => [inserted[number], .. flight];
        }

        number -= inserted.Length;
        var (place, kind) = (number % records, number / records);
        name = $"record {place} with change {kind}";
        Func<byte[], IEnumerable<byte[]>>? change = kind switch
        {
            0 => _ => [],
            1 => record => [record, record],
            2 => record => [[.. record[..^1], (byte)(record[^1] ^ 1)]],
            3 => record => [[.. record[..Wire.HeaderLength], (byte)(record[Wire.HeaderLength] ^ 1), .. record[(Wire.HeaderLength + 1)..]]],
            4 => record => [[22, .. record[1..]]],
            5 => record => [[23, .. record[1..]]],
            6 => record => [[21, .. record[1..]]],
            7 => record => [Cut(record, record.Length - Wire.HeaderLength - 1)],
            8 => record => [Cut(record, 1)],
            _ => null,
        };
        return change is null ? null : flight => flight.SelectMany((record, index) => index == place ? change(record) : [record]);
    }

    private static byte[] Cut(byte[] record, int length) =>
        [.. record[..3], (byte)(length >> 8), (byte)length, .. record.AsSpan(Wire.HeaderLength, length)];

    private static string Answer(TlsContext context, TlsVersion version, Func<List<byte[]>, IEnumerable<byte[]>> change)
    {
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(version);
        var flights = 0;
        Wire.ShakeHands(server, client, flight => flights++ == 1 ? change(Wire.Records(flight)) : [flight]);
        return $"{server.Status} {client.Failure}";
    }
}
