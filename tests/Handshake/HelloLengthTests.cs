using System.Buffers.Binary;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Tests.Interop;

namespace TlsProxy.Handshake.Tests;

/// <summary>Hellos of the greatest length that the fields of one can have: libssl takes 131,396 bytes behind the header of the message.</summary>
public sealed class HelloLengthTests : IDisposable
{
    private const int LengthMaximum = 131_396;
    private const int RecordMaximum = 16_384;

    // The length with the one method of compression that TLS 1.3 allows (RFC 9846, section 4.2.2); earlier versions may list 255.
    private const int LengthMaximum13 = LengthMaximum - 254;
    private const ushort UnknownExtension = 0xFDE8;
    private const ushort UnknownSuite = 0x0A0A;

    private readonly TestCertificate _certificate = new();
    private readonly TlsContext _context;

    public HelloLengthTests() => _context = _certificate.CreateContext();

    public void Dispose()
    {
        _context.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(TlsVersion.Tls12, LengthMaximum, RecordMaximum, 100_000)]
    [InlineData(TlsVersion.Tls12, LengthMaximum, 1, 100_000)]
    [InlineData(TlsVersion.Tls13, LengthMaximum13, RecordMaximum, 1)]
    [InlineData(TlsVersion.Tls13, LengthMaximum13, RecordMaximum, 1460)]
    [InlineData(TlsVersion.Tls13, LengthMaximum13, 1000, 7)]
    [InlineData(TlsVersion.Tls13, LengthMaximum13, 1, 100_000)]
    public void The_longest_hello_is_answered_however_it_is_cut(TlsVersion version, int length, int record, int segment)
    {
        var hello = Lengthen(FirstMessage(version), version);
        Assert.Equal(length, hello.Length - 4);
        using var server = new ServerHandshake(_context);

        foreach (var piece in Cut(hello, record).Chunk(segment))
            Assert.Equal((HandshakeStatus.NeedMore, string.Empty), (server.Offer(piece), server.FailureReason));

        // A ServerHello, not an alert.
        var answer = Wire.Records(server.Output)[0];
        Assert.Equal((22, 2), (answer[0], answer[Wire.HeaderLength]));
    }

    [Theory]
    [InlineData(RecordMaximum)]
    [InlineData(1000)]
    public void A_longer_one_is_refused_with_an_alert(int record)
    {
        var hello = Lengthen(FirstMessage(TlsVersion.Tls12), TlsVersion.Tls12);
        hello = [1, 0, 0, 0, .. hello[4..], 0];
        SetLength(hello);
        using var server = new ServerHandshake(_context);

        foreach (var piece in Cut(hello, record).Chunk(RecordMaximum))
            server.Offer(piece);

        Assert.Equal(HandshakeStatus.Failed, server.Status);
        // A fatal illegal_parameter is libssl's answer.
        Assert.Equal([2, 47], server.Output[Wire.HeaderLength..].ToArray());
        Assert.Equal(21, server.Output[0]);
    }

    /// <summary>The hello that a client of libssl begins with, with the header of its message.</summary>
    private static byte[] FirstMessage(TlsVersion version)
    {
        using var client = new OpenSslClient(version);
        return client.Advance()[Wire.HeaderLength..];
    }

    private static byte[] Cut(byte[] message, int record) =>
        [.. message.Chunk(record).SelectMany(part => (byte[])[22, 3, 1, (byte)(part.Length >> 8), (byte)part.Length, .. part])];

    /// <summary>Fills every list of a hello with what a server doesn't know.</summary>
    private static byte[] Lengthen(ReadOnlySpan<byte> hello, TlsVersion version)
    {
        // Behind the header of the message stand the version and the random.
        var fixedPart = hello[..38].ToArray();
        var rest = hello[38..];
        rest = rest[(1 + rest[0])..];
        var suites = rest.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(rest));
        rest = rest[(2 + suites.Length)..];
        rest = rest[(1 + rest[0])..];
        var extensions = rest[2..];

        var longer = new List<byte>(fixedPart);
        longer.Add(32);
        longer.AddRange(RandomNumberGenerator.GetBytes(32));
        AddLength(longer, 65_534);
        longer.AddRange(suites);
        for (var i = suites.Length; i < 65_534; i += 2)
            AddLength(longer, UnknownSuite);
        longer.AddRange(version == TlsVersion.Tls13 ? [1, 0] : [255, .. Enumerable.Range(0, 255).Select(method => (byte)method)]);
        AddLength(longer, ushort.MaxValue);
        // In front: a session's extension would have to stay the last one.
        var filling = ushort.MaxValue - extensions.Length - 4;
        AddLength(longer, UnknownExtension);
        AddLength(longer, filling);
        longer.AddRange(new byte[filling]);
        longer.AddRange(extensions);
        var whole = longer.ToArray();
        SetLength(whole);
        return whole;
    }

    private static void AddLength(List<byte> bytes, int length) => bytes.AddRange([(byte)(length >> 8), (byte)length]);

    private static void SetLength(byte[] message)
    {
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)(message.Length - 4));
        message[0] = 1;
    }
}
