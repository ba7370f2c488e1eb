using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests;

/// <summary>Every flight of a client may be cut anywhere, and come byte by byte; the handshake goes on with its last byte and not
/// before.</summary>
public sealed class CutFlightTests : IDisposable
{
    private readonly TestCertificate _certificate = new();
    private readonly TestCertificate _client = new();
    private readonly TlsContext _context;

    public CutFlightTests() => _context = TestEngines.Create(Options() with
    {
        ClientAuthentication = ClientAuthentication.Request,
        ClientAuthorityPath = _client.ChainPath,
    });

    public static TheoryData<TlsVersion, HandshakeKind> Kinds => new(
        from version in Enum.GetValues<TlsVersion>()
        from kind in Enum.GetValues<HandshakeKind>()
        where version == TlsVersion.Tls13 || kind != HandshakeKind.Retried
        select (version, kind));

    public void Dispose()
    {
        _context.Dispose();
        _client.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_flight_may_be_cut_at_each_byte(TlsVersion version, HandshakeKind kind)
    {
        using var session = kind == HandshakeKind.Resumed ? Wire.MakeSession(_context, version) : null;
        var lengths = new List<int>();
        Run(version, kind, session, (number, bytes) =>
        {
            // The lengths of signatures, and so of flights, differ by some bytes.
            lengths.Add(bytes.Length + 8);
            if (number == 0)
                CutHello(bytes);
            return [bytes];
        });

        // The first of them is the hello.
        for (var flight = 1; flight < lengths.Count; flight++)
        {
            for (var place = 1; place < lengths[flight]; place++)
                Run(version, kind, session, Cut(flight, place));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Flights_may_come_byte_by_byte(TlsVersion version, HandshakeKind kind)
    {
        using var session = kind == HandshakeKind.Resumed ? Wire.MakeSession(_context, version) : null;
        Run(version, kind, session, (_, bytes) => bytes.Chunk(1));
    }

    private static TlsServerOptions Options(TestCertificate certificate) =>
        TestCertificate.Options(certificate.ChainPath, certificate.KeyPath);

    private TlsServerOptions Options() => Options(_certificate);

    private static Func<int, byte[], IEnumerable<byte[]>> Cut(int flight, int place) => (number, bytes) =>
        number == flight && place < bytes.Length ? [bytes[..place], bytes[place..]] : [bytes];

    /// <summary>A hello needs no client that goes on.</summary>
    private void CutHello(byte[] hello)
    {
        for (var place = 1; place < hello.Length; place++)
        {
            using var server = new ServerHandshake(_context);
            Assert.Equal(HandshakeStatus.NeedMore, server.Offer(hello.AsSpan(0, place)));
            Assert.True(server.Output.IsEmpty);
            Assert.Equal(HandshakeStatus.NeedMore, server.Offer(hello.AsSpan(place)));
            Assert.False(server.Output.IsEmpty);
        }
    }

    private void Run(TlsVersion version, HandshakeKind kind, ClientSession? session, Func<int, byte[], IEnumerable<byte[]>> cut)
    {
        var files = kind == HandshakeKind.Certified ? (_client.ChainPath, _client.KeyPath) : ((string, string)?)null;
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(version, kind == HandshakeKind.Retried ? "P-521:P-256" : null, session, files);
        var number = 0;
        Wire.ShakeHands(server, client, bytes =>
        {
            return Check(cut(number++, bytes));

            IEnumerable<byte[]> Check(IEnumerable<byte[]> pieces)
            {
                foreach (var piece in pieces)
                {
                    // Nothing is answered, and nothing ends, before the flight is whole.
                    Assert.Equal((HandshakeStatus.NeedMore, string.Empty), (server.Status, server.FailureReason));
                    yield return piece;
                }
            }
        });

        Assert.Equal((HandshakeStatus.Done, string.Empty), (server.Status, server.FailureReason));
        Assert.Null(client.Failure);
        Assert.True(client.IsDone);
        Assert.Equal(kind == HandshakeKind.Resumed, server.Facts.Resumed);
        Assert.Equal(kind == HandshakeKind.Certified, server.Facts.PeerCertificate is not null);
    }
}
