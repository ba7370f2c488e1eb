using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>One connection over the fake back end: some responses in user space, one that is worth the hand-over, and others behind it. A
/// request is the length of its response; the seed decides how requests are cut, pipelined and mixed with key updates.</summary>
internal sealed class LateHandOverSchedule : IRecordChannelOwner, IDisposable
{
    private const int TurnsMaximum = 20_000;
    private const int Least = 5_000;
    private const int Most = 60_000;

    private static readonly CipherSuite[] s_suites = Enum.GetValues<CipherSuite>();

    private readonly Random _random;
    private readonly SegmentPool _pool = new();
    private readonly FakeBackend _backend;
    private readonly EventLoop _loop;
    private readonly SegmentStock _segments;
    private readonly RecordChannel _channel;
    private readonly FakeSocket _socket;
    private readonly LateClient _client;
    private readonly OffloadPolicy _policy;
    private readonly Segment _content;
    private readonly List<byte> _requested = [];
    private int _responses;
    private int _begun;
    private int _left;
    private bool _isClosed;

    public LateHandOverSchedule(int seed)
    {
        _random = new Random(seed);
        var kernel = new FakeKernel
        {
            Attach = Errno.None,
            Multishot = _random.Next(4) != 0,
            SendsWithoutCopying = _random.Next(4) == 0,
            ReceiveBufferBytes = _random.Next(2) == 0 ? _random.Next(64, 512) : 4096,
            SendBufferBytes = _random.Next(50_000, 200_000),
        };
        var faults = new FakeFaults { ShortSends = 300, ReceiveErrors = 40, SendInterruptions = 30, Overflows = 50, StaleCompletions = 50 };
        _backend = new FakeBackend(_random, _pool, kernel, faults);
        _loop = new EventLoop(_backend);
        _segments = new SegmentStock(_pool);
        _content = _pool.TryRent(Most)!;
        _policy = new OffloadPolicy { Mode = _random.Next(2) == 0 ? KtlsMode.Transmit : KtlsMode.Both, ResponseBytesLeast = Least };
        _channel = new RecordChannel(
            _loop, new ChannelOptions { Offload = _policy }, _segments, Counters, new ChannelScratch());
        _socket = _backend.Open(out var descriptor);
        var keys = new TestKeys(s_suites[_random.Next(s_suites.Length)]);
        _client = new LateClient(_random, keys.Create());
        var server = keys.Create();
        var unsent = _client.IsTls13 && _random.Next(2) == 0 ? Ticket(server) : [];
        for (var i = _random.Next(4); i > 0; i--)
            _client.Ask(_random.Next(1, Least), mayUpdateKeys: true);
        _client.Ask(_random.Next(Least, Most), mayUpdateKeys: true);
        AskWithoutUpdates();
        _channel.StartTls(descriptor, this, server, _client.Write(_random.Next(3) == 0 ? int.MaxValue : 0), unsent);
    }

    public KtlsCounters Counters { get; } = new();

    /// <summary>Records that were opened in user space or by the kernel, and key updates among them.</summary>
    public int KeyUpdates => _client.Updates;

    public bool IsWithinMessage => _channel.IsSending;

    private bool IsInTheKernel => _channel.KernelTransmits && _channel.KernelReceives == _policy.TakesReceive;

    /// <summary>Runs to the end, and checks that every byte came in its place.</summary>
    public void Run()
    {
        RunUntil(() => _client.HasAll && IsInTheKernel);
        AskWithoutUpdates();
        RunUntil(() => _client.HasAll && !_channel.IsSending);
        Assert.Equal(_policy.TakesReceive ? "tx+rx" : "tx", _channel.Verdict.Text);
        Assert.Equal((1, _policy.TakesReceive ? 1 : 0, 0), (Counters.Transmit, Counters.Receive, Counters.UserSpace));
        _channel.Close();
        RunUntil(() => _client.HasEnded);
        _socket.End();
        RunUntil(() => _isClosed);
        _segments.Clear();
        Assert.Equal(0, _backend.OpenDescriptors);
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        _requested.AddRange(bytes);
        if (!_channel.IsSending)
            Respond();
    }

    public void OnSent()
    {
        if (_left > 0)
            SendSome();
        else
            Respond();
    }

    public void OnReceiveEnded()
    {
    }

    public void OnEnding() => Assert.Fail("The client asks for no keys of the kernel's.");

    public void OnSilent() => Assert.Fail("Nothing was asked.");

    public void OnFailed(ChannelFailure failure, Errno error) => Assert.Fail($"The channel failed: {failure} {error}.");

    public void OnClosed() => _isClosed = true;

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");

    public void Dispose()
    {
        _loop.Dispose();
        _content.Release();
        _client.Dispose();
        _pool.Dispose();
    }

    /// <summary>A record whose number the keys count already.</summary>
    private static byte[] Ticket(SessionKeys server)
    {
        var record = new byte[100];
        using var sealer = new RecordSealer(server.Version, server.Suite, server.Transmit);
        return record[..sealer.Seal(ContentType.Handshake, LateClient.Ticket, record)];
    }

    private void AskWithoutUpdates()
    {
        for (var i = _random.Next(3); i > 0; i--)
            _client.Ask(_random.Next(1, Most), mayUpdateKeys: false);
    }

    private void Respond()
    {
        if (_requested.Count < sizeof(int))
            return;
        _left = BinaryPrimitives.ReadInt32BigEndian(_requested.Take(sizeof(int)).ToArray());
        _requested.RemoveRange(0, sizeof(int));
        LateClient.Content(_responses++, _left).CopyTo(_content.Memory.Span);
        _begun = 0;
        _channel.BeginResponse(_left);
        SendSome();
    }

    private void SendSome()
    {
        var whole = _random.Next(2) == 0 ? _left : _random.Next(1, _left + 1);
        var first = _random.Next(whole + 1);
        var from = _begun;
        (_begun, _left) = (_begun + whole, _left - whole);
        _channel.Send([_content.Memory.Slice(from, first), default, _content.Memory.Slice(from + first, whole - first)]);
    }

    private void RunUntil(Func<bool> isDone)
    {
        for (var turn = 0; !isDone(); turn++)
        {
            Assert.True(turn < TurnsMaximum, "The connection doesn't go on.");
            _client.Step(_socket);
            _loop.Turn();
        }
    }
}
