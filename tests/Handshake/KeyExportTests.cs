using System.Text;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests;

/// <summary>The keys that a handshake leaves are those of its client, at the right records, however the data behind it come.</summary>
public sealed class KeyExportTests : IDisposable
{
    private const int Answers = 3;

    private static readonly int[] _requests = [0, 1, 10];
    private static readonly int[] _held = [0, 1, 10, 40, 60];

    private readonly TestCertificate _ecdsa = new();
    private readonly TestCertificate _rsa = new(rsa: true);

    public static TheoryData<CipherSuite, bool> Cells =>
        new(from suite in Enum.GetValues<CipherSuite>() from resumed in (bool[])[false, true] select (suite, resumed));

    public void Dispose()
    {
        _ecdsa.Dispose();
        _rsa.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Data_behind_a_handshake_are_opened_and_answered_by_the_keys(CipherSuite suite, bool isResumed)
    {
        using var context = (suite.Name().Contains("RSA", StringComparison.Ordinal) ? _rsa : _ecdsa).CreateContext();
        foreach (var requests in _requests)
        {
            foreach (var held in _held)
            {
                using var session = isResumed ? Talk(context, suite, 0, 0, null) : null;
                Talk(context, suite, requests, held, session).Dispose();
            }
        }
    }

    /// <param name="requests">Written as soon as the client may.</param>
    /// <param name="held">Bytes of the client's last segment that come later.</param>
    private static ClientSession Talk(TlsContext context, CipherSuite suite, int requests, int held, ClientSession? session)
    {
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(suite.Version(), session: session, suite: suite.Name());
        var late = Array.Empty<byte>();
        var written = false;
        List<byte> fromClient = [], fromServer = [];
        for (var flight = client.Advance(); ; flight = client.Advance(Take(server, fromServer)))
        {
            if (client.IsDone && !written)
            {
                written = true;
                flight = [.. flight, .. Enumerable.Range(0, requests).SelectMany(number => client.Write($"request {number}"))];
                late = flight[^Math.Min(held, flight.Length)..];
                flight = flight[..^late.Length];
            }

            fromClient.AddRange([.. flight, .. late]);
            server.Offer(flight);
            if (server.Status == HandshakeStatus.Done && written)
                break;
            if (late.Length > 0)
            {
                // What was held back belongs to the handshake itself.
                server.Offer(late);
                late = [];
            }

            Assert.NotEqual(HandshakeStatus.Failed, server.Status);
        }

        client.Advance(Take(server, fromServer));
        Assert.Equal((session is not null, session is not null), (client.IsResumed, server.Facts.Resumed));
        using var keys = new SessionKeys();
        var data = Wire.Records([.. server.Leftover, .. late]);
        keys.TakeFrom(server.Keys);
        Assert.Equal(requests, data.Count);
        for (var i = 0; i < requests; i++)
            Assert.Equal($"request {i}", Encoding.ASCII.GetString(TestRecords.Open(keys, keys.Receive, data[i])));
        var before = (int)keys.Transmit.Sequence;
        for (var i = 0; i < Answers; i++)
        {
            var record = TestRecords.Seal(keys, keys.Transmit, Encoding.ASCII.GetBytes($"answer {i}"));
            fromServer.AddRange(record);
            Assert.Equal($"answer {i}", client.Read(record));
        }

        // What the engine has protected by these keys stands in front.
        TestRecords.CheckNonces(keys, keys.Receive, [.. Wire.Records([.. fromClient]).TakeLast(requests + Behind(suite))]);
        TestRecords.CheckNonces(keys, keys.Transmit, [.. Wire.Records([.. fromServer]).TakeLast(before + Answers)]);
        return client.TakeSession();
    }

    /// <summary>Records of the client's handshake under its application key: its Finished in TLS 1.2.</summary>
    private static int Behind(CipherSuite suite) => suite.Version() == TlsVersion.Tls12 ? 1 : 0;

    private static byte[] Take(ServerHandshake server, List<byte> sent)
    {
        var output = server.Output.ToArray();
        sent.AddRange(output);
        server.ClearOutput();
        return output;
    }
}
