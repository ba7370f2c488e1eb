using System.Runtime.CompilerServices;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Tests.Interop;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>Clients give back what they have taken, whatever their end, and hold little until then.</summary>
[Collection("alone")]
public sealed class ClientMemoryTests : IDisposable
{
    private const int Count = 300;

    // What libssl holds of a handshake that waits for its server, and of one that waits for tickets.
    private const long HandshakeBytes = 64 * 1024;
    private const long TicketBytes = 40 * 1024;

    // Of the library, which keeps some for the next, and of the runtime, which compiles in the background in the same heap.
    private const long Noise = 4 << 20;

    private readonly TestOrigin _origin = new();
    private readonly TlsClientContext _clients;

    public ClientMemoryTests() => _clients = TlsClientContext.Create(_origin.Options);

    public static TheoryData<TlsVersion> Versions => new(Enum.GetValues<TlsVersion>());

    public void Dispose()
    {
        _clients.Dispose();
        _origin.Dispose();
    }

    [Fact]
    public void Handshakes_without_an_answer_hold_little_and_give_it_back()
    {
        Run(10);
        var before = Held();
        var keys = KeyHeap.InUse;
        var held = Run(Count) - before;
        Assert.InRange(held, 0, Noise + (Count * HandshakeBytes));
        Assert.InRange(Held() - before, long.MinValue, Noise);
        Assert.InRange(KeyHeap.InUse - keys, long.MinValue, 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{held / Count} bytes each");

        long Run(int count)
        {
            var open = Enumerable.Range(0, count).Select(_ => new ClientHandshake(_clients)).ToList();
            open.ForEach(client => client.Start(ServerIdentity.Parse("localhost")));
            var held = Held();
            open.ForEach(client => client.Dispose());
            return held;
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_connection_holds_nothing_of_its_handshake_but_what_tickets_need(TlsVersion version)
    {
        Run(10, version);
        var before = Held();
        var keys = KeyHeap.InUse;
        var held = Run(Count, version) - before;
        Assert.InRange(held, long.MinValue, Noise + (version == TlsVersion.Tls13 ? Count * TicketBytes : 0));
        Assert.InRange(Held() - before, long.MinValue, Noise);
        Assert.InRange(KeyHeap.InUse - keys, long.MinValue, 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{held / Count} bytes each");
    }

    // A frame of its own, so that nothing is still referred to when it has returned.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long Run(int count, TlsVersion version)
    {
        using var servers = _origin.CreateServer(version);
        var tickets = new List<ClientTickets?>();
        for (var i = 0; i < count; i++)
        {
            using var client = new ClientHandshake(_clients);
            using var server = new MemoryServer(servers);
            Exchange.ShakeHands(client, server);
            Assert.Equal(HandshakeStatus.Done, client.Status);
            tickets.Add(client.TakeTickets());
        }

        var held = Held();
        tickets.ForEach(each => each?.Dispose());
        return held;
    }

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true) + NativeMemoryUse.Bytes + KeyHeap.InUse;
    }
}
