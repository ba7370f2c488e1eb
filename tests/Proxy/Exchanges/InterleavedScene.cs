using System.Globalization;
using System.Text;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Connections;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>One connection of a fake back end that speaks an <see cref="InterleavedProtocol"/>, and an origin that the test answers
/// for.</summary>
internal sealed class InterleavedScene : IConnectionHost, IDisposable
{
    private const int TurnsMaximum = 100_000;
    private const int FrameHeadLength = 5;

    private readonly SegmentPool _buffers = new();
    private readonly SegmentPool _pool = new();
    private readonly SegmentStock _segments;
    private readonly ResponseCache _cache = new(1 << 20, 10);
    private readonly int _rentedAtRest;
    private readonly EventLoop _loop;
    private readonly FakeSocket _socket;
    private readonly FetchTable _fetches;
    private readonly Dictionary<char, List<byte[]>> _frames = [];
    private readonly List<byte> _received = [];
    private readonly byte[] _taken = new byte[4096];

    public InterleavedScene()
    {
        var backend = new FakeBackend(new Random(1), _buffers, new FakeKernel(), new FakeFaults());
        _loop = new EventLoop(backend);
        _segments = new SegmentStock(_pool);
        _fetches = new FetchTable(SceneFetches.Of(_cache, _pool) with
        {
            ObjectMaximum = 1 << 20,
            Window = new BodyWindow(64 * 1024),
        });
        var services = SceneServices.Of(
            this, _loop, _segments, _cache, _fetches, Origin, static connection => new InterleavedProtocol(connection));
        _rentedAtRest = _pool.RentedSegments;
        var connection = new Connection(services);
        _socket = backend.Open(out var descriptor);
        connection.Start(descriptor, new ListenerTraits(IsTls: false));
    }

    public HeldOrigin Origin { get; } = new();

    /// <summary>The connection has ended, and its object has come back.</summary>
    public bool HasEnded { get; private set; }

    public bool IsDraining => false;

    public void Return(Connection connection) => HasEnded = true;

    public void Forget(Connection connection) => Assert.Fail("Nothing throws.");

    /// <summary>The client sends lines.</summary>
    public void Send(string lines) => Assert.Equal(lines.Length, _socket.Write(Encoding.ASCII.GetBytes(lines)));

    /// <summary>The client resets the connection.</summary>
    public void Reset() => _socket.Reset();

    /// <summary>Which of the origin's requests is for a target.</summary>
    public int RequestFor(string target)
    {
        TurnUntil(() => Enumerable.Range(0, Origin.Sinks.Count).Any(index => Origin.Target(index) == target));
        return Enumerable.Range(0, Origin.Sinks.Count).Single(index => Origin.Target(index) == target);
    }

    /// <summary>The status of a stream's response; null while it hasn't begun.</summary>
    public string? Status(char stream) => _frames.TryGetValue(stream, out var frames) ? Encoding.ASCII.GetString(frames[0]) : null;

    /// <summary>What has come of a stream's body.</summary>
    public byte[] Body(char stream) => [.. _frames[stream].Skip(1).SelectMany(frame => frame)];

    /// <summary>Whether a stream's response is whole.</summary>
    public bool IsWhole(char stream) => _frames.TryGetValue(stream, out var frames) && frames[^1].Length == 0;

    /// <summary>Lets the loop turn, and the client take what has come, until something is so.</summary>
    public void TurnUntil(Func<bool> condition)
    {
        for (var turns = 0; !condition(); turns++)
        {
            Assert.True(turns < TurnsMaximum, "nothing goes on");
            Turn();
        }
    }

    /// <summary>Has the origin send a body in pieces, as far as the proxy takes them.</summary>
    /// <returns>Bytes sent, when all are or the proxy has the origin wait for the client.</returns>
    public int SendBody(int request, ReadOnlySpan<byte> body, int piece = 8192)
    {
        const int quietTurns = 200;
        var sent = 0;
        for (var quiet = 0; sent < body.Length && quiet < quietTurns; quiet++)
        {
            Turn();
            var next = body.Slice(sent, Math.Min(piece, body.Length - sent));
            if (!Origin.TrySend(request, next))
                continue;
            sent += next.Length;
            quiet = 0;
        }

        return sent;
    }

    /// <summary>The connection has given back what it held.</summary>
    public void CheckNothingIsLeft()
    {
        TurnUntil(() => HasEnded);
        Turn();
        _fetches.Clear();
        _segments.Clear();
        Assert.Equal(_rentedAtRest, _pool.RentedSegments);
        Assert.Equal(0, _loop.PendingOperations);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _cache.Dispose();
        _pool.Dispose();
        _buffers.Dispose();
    }

    private void Turn()
    {
        _loop.Turn(wait: false);
        _received.AddRange(_taken.AsSpan(0, _socket.Take(_taken)));
        while (_received.Count >= FrameHeadLength)
        {
            var head = Encoding.ASCII.GetString([.. _received.Take(FrameHeadLength)]);
            var length = int.Parse(head[1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (_received.Count < FrameHeadLength + length)
                break;
            if (!_frames.TryGetValue(head[0], out var frames))
                _frames.Add(head[0], frames = []);
            frames.Add([.. _received.Skip(FrameHeadLength).Take(length)]);
            _received.RemoveRange(0, FrameHeadLength + length);
        }
    }
}
