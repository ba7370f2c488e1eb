using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Testing;
using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Proxy.Tests.Hosting.Memory;

/// <summary>A handshake whose client stops at the worst moment holds no more than its gate counts it with.</summary>
[Collection("alone")]
public sealed class HandshakeBytesTests : IDisposable
{
    private const int Count = 40;

    // Of the runtime and the library while a test measures.
    private const int Noise = 128 * 1024;

    // The runtime compiles what has run often in the background, in megabytes of the same heap. What a handshake holds, it holds each time.
    private const int Tries = 3;

    private readonly TestFolder _folder = new();

    public static TheoryData<TlsEngine, ClientSuite, ClientAuthentication> Cases =>
        new(from engine in Enum.GetValues<TlsEngine>()
            from suite in (ClientSuite[])[ClientSuite.Tls13Aes128, ClientSuite.Tls12Aes128]
            from authentication in (ClientAuthentication[])[ClientAuthentication.Off, ClientAuthentication.Request]
            select (engine, suite, authentication));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Unfinished_handshakes(TlsEngine engine, ClientSuite suite, ClientAuthentication authentication)
    {
        using var context = CreateContext(engine, authentication);
        foreach (var flight in Flights(suite))
        {
            // The first bring what is there once.
            Stop(context, flight).ForEach(handshake => handshake.Dispose());
            var bound = ((long)Count * HandshakeLimits.BytesOf(flight.Length)) + Noise;
            var held = long.MaxValue;
            for (var i = 0; held > bound && i < Tries; i++)
                held = Math.Min(held, Measure(context, flight));
            Assert.True(held <= bound, $"{held} bytes are held of {flight.Length} each");
        }
    }

    private static long Measure(TlsContext context, byte[] flight)
    {
        List<ServerHandshake> stopped = [];
        var held = HeldBytes.WithNativeOf(() => stopped = Stop(context, flight));
        stopped.ForEach(handshake => handshake.Dispose());
        return held;
    }

    /// <summary>What a client sends before it stops.</summary>
    private static IEnumerable<byte[]> Flights(ClientSuite suite)
    {
        var hello = Hello(suite);
        yield return hello;
        yield return hello[..^1];
        var longest = LongHello.InRecords(LongHello.Of(hello.AsSpan(5), suite == ClientSuite.Tls13Aes128), 16_384);
        yield return longest;
        yield return longest[..^1];
        byte[] cutRecord = [23, 3, 3, 0x48, 0, .. new byte[0x47FF]];
        yield return [.. hello, .. cutRecord];
        yield return [.. longest, .. cutRecord];
    }

    private static byte[] Hello(ClientSuite suite)
    {
        using var client = new TlsClient(suite);
        var output = new BytePipe();
        client.TakeOutput(output);
        return output.Span.ToArray();
    }

    private static List<ServerHandshake> Stop(TlsContext context, byte[] flight)
    {
        const int receive = 1460;
        var handshakes = new List<ServerHandshake>();
        for (var i = 0; i < Count; i++)
        {
            var handshake = new ServerHandshake(context);
            handshakes.Add(handshake);
            foreach (var bytes in flight.Chunk(receive))
                Assert.Equal(HandshakeStatus.NeedMore, handshake.Offer(bytes));
            Assert.Equal(flight.Length, handshake.ReceivedBytes);
            Assert.True(handshake.HoldsMemory);
            handshake.ClearOutput();
        }

        return handshakes;
    }

    private TlsContext CreateContext(TlsEngine engine, ClientAuthentication authentication)
    {
        using var authority = TestAuthority.CreateRoot();
        authority.Issue(["localhost"]).Save(_folder["chain"], _folder["key"]);
        File.WriteAllText(_folder["clients"], authority.CertificatePem);
        return TlsContext.Create(new TlsServerOptions
        {
            Certificates = [new CertificateFiles(CertificateFiles.Default, _folder["chain"], _folder["key"])],
            Engine = engine,
            ClientAuthentication = authentication,
            ClientAuthorityPath = authentication == ClientAuthentication.Off ? null : _folder["clients"],
        });
    }
}
