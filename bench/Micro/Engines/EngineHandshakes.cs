using TlsProxy.Handshake;
using TlsProxy.Testing.Interop;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Bench.Micro.Engines;

/// <summary>The server's side of one kind of handshake with one engine.</summary>
internal sealed class EngineHandshakes : IDisposable
{
    private readonly HandshakeKind _kind;
    private readonly bool _clientHasGroup;
    private readonly TlsContext _context;
    private readonly ServerHandshake _server;
    private readonly ClientSession? _session;

    /// <param name="clientHasGroup">Whether libssl has the kind's group; without it the client is BouncyCastle's.</param>
    public EngineHandshakes(HandshakeKind kind, TlsEngine engine, bool clientHasGroup)
    {
        _kind = kind;
        _clientHasGroup = clientHasGroup;
        _context = BenchCertificate.Load(engine, kind.IsRsa);
        _server = new ServerHandshake(_context);
        _session = kind.IsResumed ? MakeSession() : null;
    }

    /// <param name="Microseconds">Processor time of the server's side.</param>
    /// <param name="AllocatedBytes">Managed memory that the server's side has taken.</param>
    public readonly record struct Cost(double Microseconds, double AllocatedBytes);

    /// <summary>Shakes hands so many times.</summary>
    /// <returns>What one handshake costs.</returns>
    public Cost Run(int count)
    {
        Cost all = default;
        for (var i = 0; i < count; i++)
        {
            using IBenchClient client = _clientHasGroup ? new LibSslClient(_kind, _session) : new PostQuantumClient();
            var one = ShakeHands(client);
            all = new Cost(all.Microseconds + one.Microseconds, all.AllocatedBytes + one.AllocatedBytes);
        }

        return new Cost(all.Microseconds / count, all.AllocatedBytes / count);
    }

    public void Dispose()
    {
        _session?.Dispose();
        _server.Dispose();
        _context.Dispose();
    }

    private ClientSession MakeSession()
    {
        using var client = new LibSslClient(_kind, session: null);
        ShakeHands(client, isResumed: false);
        return client.TakeSession();
    }

    private Cost ShakeHands(IBenchClient client) => ShakeHands(client, _kind.IsResumed);

    private Cost ShakeHands(IBenchClient client, bool isResumed)
    {
        var (time, bytes) = (0L, 0L);
        _server.Reset();
        for (var flight = client.Advance([]); flight.Length > 0; flight = client.Advance(_server.Output), _server.ClearOutput())
        {
            var (timeBefore, bytesBefore) = (ThreadClock.Nanoseconds, GC.GetAllocatedBytesForCurrentThread());
            _server.Offer(flight);
            time += ThreadClock.Nanoseconds - timeBefore;
            bytes += GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
        }

        if (_server.Status != HandshakeStatus.Done)
            throw new InvalidOperationException($"{_kind.Name} with {_context.EngineKind}: {_server.FailureReason} ({_server.Status}).");
        if (_server.Facts.Resumed != isResumed)
            throw new InvalidOperationException($"{_kind.Name} with {_context.EngineKind}: resumed is {_server.Facts.Resumed}.");
        if (!isResumed && !string.Equals(_server.Facts.Group, _kind.RegisteredGroup, StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"{_kind.Name} with {_context.EngineKind}: the group is {_server.Facts.Group}.");
        return new Cost(time / 1000.0, bytes);
    }
}
