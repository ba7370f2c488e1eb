using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Handshake.Tests;

/// <summary>A hello costs what its length does, whatever its lists hold: the work for one list isn't done again for each element of
/// another. Allocations stand for the work.</summary>
public sealed class HelloCostTests : IDisposable
{
    private const int Record = 16_384;

    // For each byte of the hello, and for the handshake itself.
    private const int BytesForEach = 24;
    private const int BytesOfHandshake = 256 * 1024;

    // The suite is for RSA, and so are the signatures: the certificate fits neither.
    private const ushort UnfitSuite = 0xC02F;

    private readonly TestCertificate _certificate = new();
    private readonly TlsContext _context;

    public HelloCostTests() => _context = _certificate.CreateContext();

    public void Dispose()
    {
        _context.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Of_many_extensions(TlsVersion version)
    {
        using var client = new OpenSslClient(version);
        var hello = LongHello.OfExtensions(client.Advance().AsSpan(Wire.HeaderLength), version == TlsVersion.Tls13);
        Assert.Equal(HandshakeStatus.NeedMore, CheckCost(hello));
    }

    [Theory]
    [InlineData(UnfitSuite, 0x0804)]
    [InlineData(UnfitSuite, 0x0403)]
    [InlineData(0xC02B, 0x0804)]
    [InlineData(0xC02B, 0x7A7A)]
    public void Of_a_suite_and_a_signature_algorithm_that_are_listed_again_and_again(int suite, int signature)
    {
        using var client = new OpenSslClient(TlsVersion.Tls12);
        var hello = LongHello.OfRepeated(client.Advance().AsSpan(Wire.HeaderLength), (ushort)suite, (ushort)signature);
        Assert.Equal(HandshakeStatus.Failed, CheckCost(hello));
    }

    private HandshakeStatus CheckCost(byte[] hello)
    {
        var status = HandshakeStatus.NeedMore;
        var records = LongHello.InRecords(hello, Record);
        var allocated = Allocations.Least(() =>
        {
            using var server = new ServerHandshake(_context);
            status = server.Offer(records);
        });
        Assert.InRange(allocated, 0, BytesOfHandshake + ((long)BytesForEach * hello.Length));
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated} bytes for {hello.Length}");
        return status;
    }
}
