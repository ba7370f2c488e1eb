using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls.Channel;

/// <summary>Shared by the parts of one <see cref="RecordChannel"/>: its loop, its operations, and those facts of the connection that more
/// than one part reads. Each part keeps its own state beside it.</summary>
internal sealed class ChannelContext
{
    /// <summary>Facts of the current connection; replaced as a whole by <see cref="EndLife"/>.</summary>
    public ChannelLife Life = new();

    // Memory for the keys of one connection after the other, zeroed at the end of each.
    private SessionKeys? _session;

    public ChannelContext(RecordChannel channel, EventLoop loop, ChannelOptions options, KtlsCounters counters)
    {
        Loop = loop;
        Options = options;
        Counters = counters;
        Send = new Operation(channel);
        Receive = new Operation(channel);
        Close = new Operation(channel);
        Deadline = new Deadline(channel);
    }

    public EventLoop Loop { get; }

    public ChannelOptions Options { get; }

    public KtlsCounters Counters { get; }

    /// <summary>The one send in flight, or the wait for room that follows the last.</summary>
    public Operation Send { get; }

    public Operation Receive { get; }

    public Operation Close { get; }

    /// <summary>Until the handshake's records have to leave while the channel is open; of the close afterwards.</summary>
    public Deadline Deadline { get; }

    /// <summary>Whether something may be sent, after the send before.</summary>
    public bool IsOpen => Life.State is ChannelState.Open or ChannelState.Completing;

    /// <summary>Takes a connection over. The channel is open at once: whatever throws after this, its descriptor is surrendered and
    /// closed.</summary>
    public void BeginLife(int descriptor, IRecordChannelOwner owner)
    {
        if (Life.State != ChannelState.Closed)
            throw new InvalidOperationException("The channel is in use.");
        Life.Descriptor = descriptor;
        Life.Owner = owner;
        Life.State = ChannelState.Open;
    }

    /// <summary>Takes the keys of the connection; they are zeroed at its end.</summary>
    public SessionKeys TakeKeys(SessionKeys keys)
    {
        _session ??= new SessionKeys();
        _session.TakeFrom(keys);
        Life.Keys = _session;
        Life.KeyLimit = new KeyLimit(_session.Suite.Aead(), Options.KeyRecordsMaximum);
        return _session;
    }

    /// <summary>Zeroes the keys, whose connection ends by a fault.</summary>
    public void DisposeKeys() => _session?.Dispose();

    public void EndLife()
    {
        Life.Keys?.Dispose();
        Life = new();
    }

    /// <summary>Whether a receive says that the connection is broken. The channel cancels its own receives, which then end with
    /// ECANCELED.</summary>
    public static bool IsBroken(in OperationResult received) =>
        !received.Succeeded && !received.IsTransient && received.Error != Errno.ECANCELED;
}
