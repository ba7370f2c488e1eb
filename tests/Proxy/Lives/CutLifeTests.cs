using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Interop;
using TlsProxy.Testing.Lives;
using TlsProxy.Testing.Tls;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>A connection that is cut, in whatever state and with whatever in flight, leaves an object like a new one: so do its handshake
/// and the messages that it borrowed. The next connection of the object gets nothing that it hasn't asked for.</summary>
public sealed class CutLifeTests : IDisposable
{
    private const int Scenes = 1_500;
    private const int TurnsMaximum = 120;
    private const string Channel = "<Channel>k__BackingField";

    // Of a listener, and of nothing that a connection does.
    private static readonly OperationKind[] s_others = [OperationKind.None, OperationKind.Accept, OperationKind.Connect];

    private static readonly string[] s_states =
    [
        .. Enum.GetValues<ConnectionState>().Where(state => state != ConnectionState.Closed).Select(state => $"connection {state}"),
        "start Introducing", "start Handshaking", "no exchange", "exchange that waits", "exchange that responds",
        .. NamesOf("TlsProxy.Ktls.Channel.ChannelState").Where(name => name != "Closed").Select(name => $"channel {name}"),
        .. Enum.GetValues<OperationKind>().Except(s_others).Select(kind => $"operation {kind}"),
    ];

    private readonly SegmentPool _buffers = new();
    private readonly LocalResponses _responses;
    private readonly SeededEngines _engines = new();
    private readonly AccessLog _log = new(() => Stream.Null);
    private readonly SurvivingFields _survivors = ConnectionSurvivors.Create();
    private readonly HashSet<string> _cutIn = new(StringComparer.Ordinal);

    public CutLifeTests()
    {
        _responses = new LocalResponses(_buffers);
        TlsClient.Prepare();
    }

    public void Dispose()
    {
        _log.Dispose();
        _engines.Dispose();
        _buffers.Dispose();
    }

    [Fact]
    public void Nothing_of_a_life_is_left_whenever_it_is_cut()
    {
        var ready = 0;
        for (var seed = 0; seed < Scenes; seed++)
            ready += Run(seed) ? 1 : 0;

        Assert.InRange(ready, Scenes * 3 / 4, Scenes);
        Assert.Empty(_survivors.Stale);
        Assert.Empty(s_states.Except(_cutIn));
    }

    /// <summary>Notes the states of a connection that is cut.</summary>
    private bool Note(object connection, string? wanted, bool isLast)
    {
        if (!isLast && (wanted is null || !StatesOf(connection).Contains(wanted)))
            return false;
        _cutIn.UnionWith(StatesOf(connection));
        return true;
    }

    private bool Run(int seed)
    {
        try
        {
            using var entropy = new SeededEntropy(seed);
            using var scene = new CutScene(seed, _buffers, _responses, _engines.Of(seed), _log);
            var random = new Random(seed);
            // Half of them are cut after some turns, the others as soon as they are in a state that is to be tried.
            var turns = seed % 2 == 0 ? random.Next(TurnsMaximum) : TurnsMaximum;
            var wanted = seed % 2 == 0 ? null : s_states[random.Next(s_states.Length)];
            scene.RunCut((Cut)random.Next(Enum.GetValues<Cut>().Length), turns, connection => Note(connection, wanted, --turns == 0));
            EndedLives.Check(scene.Worker, _survivors);
            var wasReady = scene.RunSilent();
            EndedLives.Check(scene.Worker, _survivors);
            return wasReady;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"Scene {seed} failed: {exception.Message}", exception);
        }
    }

    private static string StateOf(Exchange exchange) =>
        exchange.IsWaiting ? "exchange that waits" : exchange.IsResponding ? "exchange that responds" : "no exchange";

    private static string[] NamesOf(string type) => Enum.GetNames(typeof(RecordChannel).Assembly.GetType(type, throwOnError: true)!);

    /// <summary>Where a connection stands, and what it waits for.</summary>
    private static IEnumerable<string> StatesOf(object connection)
    {
        yield return $"connection {Peek.At(connection, "_life", "State")}";
        yield return $"start {Peek.At(connection, "_start", "_life", "Stage")}";
        yield return StateOf((Exchange)Peek.At(connection, "_protocol", "_first", "_exchange")!);
        yield return $"channel {Peek.At(connection, Channel, "_context", "Life", "State")}";
        object?[] operations =
        [
            Peek.At(connection, Channel, "_context", "<Send>k__BackingField"),
            Peek.At(connection, Channel, "_context", "<Receive>k__BackingField"),
            Peek.At(connection, Channel, "_context", "<Close>k__BackingField"),
            Peek.At(connection, "_end", "_operation"),
            Peek.At(connection, "_start", "_handshake", "_operation"),
            Peek.At(connection, "_start", "_proxyHeader", "_receive"),
        ];
        foreach (var operation in operations.OfType<Operation>().Where(operation => operation.IsPending))
            yield return $"operation {operation.Kind}";
    }
}
