using System.Net.Sockets;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Tests.Backends;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A record channel on a loop of its own, and its peer.</summary>
internal sealed class TestConnection : IDisposable
{
    private readonly LoopThread _thread;
    private readonly TestKeys _keys;
    private readonly List<Segment> _segments = [];
    private readonly int _port;
    private readonly AcceptRecorder _accepted = new();

    /// <param name="sendBufferBytes">The channel's SO_SNDBUF.</param>
    /// <param name="receiveBufferBytes">The peer's SO_RCVBUF.</param>
    /// <param name="role">The channel's in the handshake.</param>
    public TestConnection(
        CipherSuite suite, ChannelOptions? options = null, int? sendBufferBytes = null, int? receiveBufferBytes = null,
        long poolBytes = long.MaxValue, ulong sequence = 0, RecordRequirements requirements = default, BackendRequest? backend = null,
        HandshakeRole role = HandshakeRole.Server)
    {
        Pool = new SegmentPool(poolBytes);
        Segments = new SegmentStock(Pool);
        _thread = new LoopThread(backend);
        _keys = new TestKeys(suite, sequence, requirements, role);
        (var listener, _port) = _thread.Listen(sendBufferBytes);
        Channel = new RecordChannel(_thread.Loop, options ?? new ChannelOptions(), Segments, Counters, new ChannelScratch());
        Run(() => _thread.Loop.Accept(_accepted.Operation, listener));
        Connect(receiveBufferBytes);
    }

    /// <summary>How long a test waits for what must come.</summary>
    public static TimeSpan Patience { get; } =
        TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("TLSPROXY_IN_KTLS_VM") == "1" ? 120 : 30);

    public SegmentPool Pool { get; }

    /// <summary>What the loop's thread keeps of the pool; the channel borrows from it.</summary>
    public SegmentStock Segments { get; }

    public KtlsCounters Counters { get; } = new();

    public RecordChannel Channel { get; }

    public RecordingOwner Owner { get; private set; } = new();

    public TlsPeer Peer { get; private set; } = null!;

    private int Descriptor { get; set; }

    /// <summary>Connects a peer for the next <see cref="Start"/>.</summary>
    public void Connect(int? receiveBufferBytes = null)
    {
        Peer?.Dispose();
        Owner = new RecordingOwner();
        Peer = new TlsPeer(_port, _keys.Create(), receiveBufferBytes);
        Descriptor = _accepted.Take();
    }

    public void Start(params byte[] leftover) => Start(Owner, leftover);

    public void Start(IRecordChannelOwner owner, params byte[] leftover) =>
        Run(() => Channel.StartTls(Descriptor, owner, _keys.Create(), leftover));

    /// <summary>Starts with the keys of a handshake, which the peer's don't know.</summary>
    public void Start(SessionKeys keys, byte[] leftover) => Run(() => Channel.StartTls(Descriptor, Owner, keys, leftover));

    /// <summary>Starts without TLS: the peer gets bytes, not records.</summary>
    public void StartPlaintext() => Run(() => Channel.StartPlaintext(Descriptor, Owner));

    /// <summary>Starts while a first record is sealed already and hasn't left.</summary>
    public void StartHolding(ContentType type, ReadOnlySpan<byte> content)
    {
        using var before = _keys.Create();
        using var sealer = new RecordSealer(before.Version, before.Suite, before.Transmit);
        var record = new byte[content.Length + sealer.Format.Overhead];
        record = record[..sealer.Seal(type, content, record)];
        var keys = _keys.Create();
        keys.Transmit.Sequence++;
        Run(() => Channel.StartTls(Descriptor, Owner, keys, [], record));
    }

    /// <summary>Has the peer send, and waits until the kernel of the channel's side has the bytes; on the loop's thread.</summary>
    public void SendFromPeer(byte[] bytes)
    {
        var before = BytesArrived();
        Peer.Socket.Send(bytes);
        while (BytesArrived() < before + (ulong)bytes.Length)
            Thread.Yield();
    }

    /// <summary>Waits until what was submitted has been tried.</summary>
    public void FinishTurns() => _thread.FinishTurns();

    /// <summary>Runs on the loop's thread.</summary>
    public T Do<T>(Func<T> work) => _thread.Do(work);

    public void Run(Action work) => _thread.Do(() =>
    {
        work();
        return 0;
    });

    /// <summary>Begins to send ranges; their memory stays until the end of the test.</summary>
    public void Send(params byte[][] ranges) => Send(isLast: false, ranges);

    /// <param name="isLast">The channel is closed afterwards.</param>
    public void Send(bool isLast, params byte[][] ranges)
    {
        var slices = new NativeSlice[ranges.Length];
        for (var i = 0; i < ranges.Length; i++)
        {
            var segment = Pool.TryRent(ranges[i].Length)!;
            _segments.Add(segment);
            ranges[i].CopyTo(segment.Memory.Span);
            slices[i] = segment.Memory.Slice(0, ranges[i].Length);
        }

        Run(() => Channel.Send(slices, isLast));
    }

    /// <summary>Sends and waits until the kernel has it all.</summary>
    public void SendAll(params byte[][] ranges)
    {
        Send(ranges);
        Owner.Expect(ChannelEventKind.Sent);
    }

    /// <summary>Closes orderly, and sees that nothing is left over on either side.</summary>
    public void CloseAndCheck()
    {
        Run(Channel.Close);
        Peer.ReadAlert(TlsPeer.CloseNotify);
        Peer.Socket.Shutdown(SocketShutdown.Send);
        Owner.Expect(ChannelEventKind.Closed);
        Peer.ReadEnd();
        CheckNothingIsHeld();
    }

    public void CheckNothingIsHeld()
    {
        ReleaseSegments();
        Run(Segments.Clear);
        Assert.Equal(0, Pool.RentedSegments);
        // What accepts stays.
        Assert.Equal(1, Do(() => _thread.Loop.PendingOperations));
    }

    public void Dispose()
    {
        Peer.Dispose();
        _thread.Dispose();
        ReleaseSegments();
        Pool.Dispose();
    }

    /// <summary>tcpi_bytes_received of TCP_INFO (tcp(7)).</summary>
    private ulong BytesArrived()
    {
        const int ProtocolTcp = 6;
        const int TcpInfo = 11;
        const int Offset = 128;
        Span<byte> information = stackalloc byte[Offset + sizeof(ulong)];
        Assert.Equal(Errno.None, _thread.Loop.Sockets.GetOption(Descriptor, ProtocolTcp, TcpInfo, information, out var length));
        Assert.Equal(information.Length, length);
        return BitConverter.ToUInt64(information[Offset..]);
    }

    private void ReleaseSegments()
    {
        foreach (var segment in _segments)
            segment.Release();
        _segments.Clear();
    }
}
