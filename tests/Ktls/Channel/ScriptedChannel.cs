using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using static TlsProxy.Uring.Interop.PollConstants;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A channel on a scripted back end, which shows each operation and completes it as the test says.</summary>
internal sealed class ScriptedChannel : IRecordChannelOwner, IDisposable
{
    private const int Descriptor = 10;

    private readonly ScriptedChannel? _beside;
    private readonly SegmentPool _pool;
    private readonly ChannelScratch _scratch;
    private readonly EventLoop _loop;
    private readonly Segment _memory;
    private readonly SegmentStock _segments;
    private readonly SessionKeys _peerKeys;
    private readonly RecordSealer _sealer;

    /// <param name="optionAnswer">What the kernel answers where a socket option is set; null for success.</param>
    /// <param name="unsent">What the handshake has left to be sent.</param>
    /// <param name="options">In place of <paramref name="mode"/> and <paramref name="requireKtls"/>.</param>
    /// <param name="segments">Those of a worker with other channels; null for some of its own.</param>
    /// <param name="beside">A channel whose worker this one has too, with its segments; null for a worker of its own.</param>
    public ScriptedChannel(
        CipherSuite suite, KtlsMode mode, bool requireKtls = false, Errno optionAnswer = Errno.None, byte[]? unsent = null,
        SegmentStock? segments = null, RecordRequirements requirements = default, ChannelOptions? options = null,
        ScriptedChannel? beside = null)
    {
        _beside = beside;
        _pool = beside?._pool ?? new SegmentPool();
        _scratch = beside?._scratch ?? new ChannelScratch();
        Backend = beside?.Backend ?? new ScriptedBackend(_pool) { OptionAnswer = (_, _) => optionAnswer };
        _loop = beside?._loop ?? new EventLoop(Backend);
        _memory = _pool.TryRent(1 << 20)!;
        _segments = segments ?? beside?._segments ?? new SegmentStock(_pool);
        var keys = new TestKeys(suite, requirements: requirements);
        _peerKeys = keys.Create();
        _sealer = new RecordSealer(_peerKeys.Version, _peerKeys.Suite, _peerKeys.Receive);
        options ??= new ChannelOptions { Offload = new OffloadPolicy { Mode = mode, IsRequired = requireKtls } };
        Channel = new RecordChannel(_loop, options, _segments, Counters, _scratch);
        Channel.StartTls(Descriptor, this, keys.Create(), [], unsent);
    }

    public ScriptedBackend Backend { get; }

    public RecordChannel Channel { get; }

    public KtlsCounters Counters { get; } = new();

    /// <summary>Bytes that the worker has lent.</summary>
    public long LentBytes => _segments.LentBytes;

    public bool IsWithinMessage { get; set; }

    public int Sent { get; private set; }

    public int Silences { get; private set; }

    /// <summary>How often the owner was told that the connection ends.</summary>
    public int Endings { get; private set; }

    public ChannelFailure? Failure { get; private set; }

    /// <summary>The send that was submitted last.</summary>
    public Operation LastSend => Backend.Submitted.Last(operation => operation.Kind is OperationKind.Send or OperationKind.SendMessage);

    /// <summary>What the channel has submitted to its socket and hasn't been told the end of: a send, or the wait for room.</summary>
    public Operation? UnderWay => Backend.Submitted.LastOrDefault(operation =>
        operation.Owner == Channel && operation.IsPending && operation.Kind is OperationKind.Send or OperationKind.Poll);

    private Operation ArmedReceive => Backend.Submitted.Last(operation =>
        operation.Owner == Channel && operation.Kind == OperationKind.ReceiveMultishot);

    /// <summary>Sends submitted so far.</summary>
    public int Sends => Backend.Submitted.Count(operation => operation.Kind is OperationKind.Send or OperationKind.SendMessage);

    /// <summary>The record that the kernel is asked to make, such as <c>21: 1 0</c>.</summary>
    public string LastControl => $"{LastSend.Message!.RecordType}: {string.Join(' ', LastSend.Message.Range(0).Span.ToArray())}";

    public void Send(string text, bool isLast = false)
    {
        System.Text.Encoding.ASCII.GetBytes(text, _memory.Memory.Span);
        Channel.Send([_memory.Memory.Slice(0, text.Length)], isLast);
    }

    /// <summary>Sends so many bytes of whatever is there.</summary>
    public void Send(int count) => Channel.Send([_memory.Memory.Slice(0, count)]);

    /// <summary>Takes buffers from the channel's worker, as other connections do that send.</summary>
    /// <returns>What gives them back.</returns>
    public Action LendToOthers(int count, int bytes)
    {
        var lent = Enumerable.Range(0, count).Select(_ => _segments.TryRent(bytes)!).ToArray();
        return () => Array.ForEach(lent, _segments.Return);
    }

    /// <summary>The kernel takes all of the send under way.</summary>
    public void TakeSend()
    {
        for (var sent = Sent; Sent == sent;)
            CompleteSend(LastSend.Memory.Length);
    }

    /// <summary>The socket that the channel waits for has room; does nothing where it doesn't wait.</summary>
    public void FindRoom()
    {
        if (UnderWay is not { Kind: OperationKind.Poll } poll)
            return;
        Backend.Complete(poll, POLLOUT);
        Turn();
    }

    public void CompleteSend(int result)
    {
        Backend.Complete(LastSend, result);
        _loop.Turn(wait: false);
    }

    public void FailSend(Errno error) => CompleteSend(-(int)error);

    /// <summary>Time passes.</summary>
    public void Wait(TimeSpan time)
    {
        Backend.Now += time.Ticks * 100;
        _loop.Turn(wait: false);
    }

    /// <summary>The peer changes its keys.</summary>
    /// <param name="requested">It wants ours changed too.</param>
    public void ReceiveKeyUpdate(bool requested)
    {
        Receive(ContentType.Handshake, [24, 0, 0, 1, (byte)(requested ? 1 : 0)]);
        _sealer.Update();
    }

    /// <summary>The peer sends one record.</summary>
    public void Receive(ContentType type, ReadOnlySpan<byte> content)
    {
        var record = new byte[content.Length + _sealer.Format.Overhead];
        record = record[.._sealer.Seal(type, content, record)];
        Backend.Receive(ArmedReceive, record);
        _loop.Turn(wait: false);
    }

    /// <summary>The armed receive ends.</summary>
    public void EndReceive(Errno error)
    {
        Backend.Fail(ArmedReceive, error);
        _loop.Turn(wait: false);
    }

    public void OnReceived(ReadOnlySpan<byte> bytes) => Assert.Fail("No data was sent.");

    public void OnReceiveEnded() => Assert.Fail("The peer hasn't ended.");

    public void OnEnding() => Endings++;

    public void OnSilent() => Silences++;

    public void OnSent() => Sent++;

    public void OnFailed(ChannelFailure failure, Errno error) => Failure = failure;

    /// <summary>Runs a turn of the worker.</summary>
    public void Turn() => _loop.Turn(wait: false);

    public void OnClosed() => Assert.Fail("The channel closes only when all operations have completed.");

    public void Dispose()
    {
        if (_beside is null)
            _loop.Dispose();
        _memory.Release();
        _sealer.Dispose();
        _peerKeys.Dispose();
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
