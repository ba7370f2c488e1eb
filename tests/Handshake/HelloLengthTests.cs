using TlsProxy.Handshake.Keys;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Handshake.Tests;

/// <summary>Hellos of the greatest length that the fields of one can have: libssl takes 131,396 bytes behind the header of the
/// message.</summary>
public sealed class HelloLengthTests : IDisposable
{
    private const int LengthMaximum = 131_396;
    private const int RecordMaximum = 16_384;

    // The length with the one method of compression that TLS 1.3 allows (RFC 9846, section 4.2.2); earlier versions may list 255.
    private const int LengthMaximum13 = LengthMaximum - 254;

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
    [InlineData(TlsVersion.Tls12, LengthMaximum, 33, 100_000)]
    [InlineData(TlsVersion.Tls13, LengthMaximum13, RecordMaximum, 1)]
    [InlineData(TlsVersion.Tls13, LengthMaximum13, RecordMaximum, 1460)]
    [InlineData(TlsVersion.Tls13, LengthMaximum13, 1000, 7)]
    [InlineData(TlsVersion.Tls13, LengthMaximum13, 33, 100_000)]
    public void The_longest_hello_is_answered_however_it_is_cut(TlsVersion version, int length, int record, int segment)
    {
        var hello = LongHello.Of(FirstMessage(version), version == TlsVersion.Tls13);
        Assert.Equal(length, hello.Length - 4);
        using var server = new ServerHandshake(_context);

        foreach (var piece in LongHello.InRecords(hello, record).Chunk(segment))
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
        var hello = LongHello.Of(FirstMessage(TlsVersion.Tls12), isTls13: false);
        hello = [.. hello, 0];
        LongHello.SetLength(hello);
        using var server = new ServerHandshake(_context);

        foreach (var piece in LongHello.InRecords(hello, record).Chunk(RecordMaximum))
            server.Offer(piece);

        Assert.Equal(HandshakeStatus.Failed, server.Status);
        // A fatal illegal_parameter is libssl's answer.
        Assert.Equal([2, 47], server.Output[Wire.HeaderLength..].ToArray());
        Assert.Equal(21, server.Output[0]);
    }

    [Fact]
    public void One_in_more_records_than_a_handshake_may_have_is_refused_with_an_alert()
    {
        var hello = LongHello.InRecords(LongHello.Of(FirstMessage(TlsVersion.Tls12), isTls13: false), 1);
        const int whole = ServerHandshake.RecordsMaximum * (Wire.HeaderLength + 1);
        using var server = new ServerHandshake(_context);

        Assert.Equal(HandshakeStatus.NeedMore, server.Offer(hello.AsSpan(0, whole)));
        Assert.Equal(HandshakeStatus.Failed, server.Offer(hello.AsSpan(whole)));

        Assert.Equal("too many records", server.FailureReason);
        // A fatal unexpected_message.
        Assert.Equal([21, 3, 3, 0, 2, 2, 10], server.Output.ToArray());
        Assert.False(server.HoldsMemory);
    }

    /// <summary>The hello that a client of libssl begins with, with the header of its message.</summary>
    private static byte[] FirstMessage(TlsVersion version)
    {
        using var client = new OpenSslClient(version);
        return client.Advance()[Wire.HeaderLength..];
    }
}
