using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls;

/// <summary>All that a <see cref="RecordChannel"/> knows of one connection. It is replaced as a whole at its end, so that nothing of it
/// reaches the next.</summary>
/// <remarks>It has so many fields because that one assignment has to replace all of them: the flags of sending, receiving and closing are
/// tested together at the end.</remarks>
internal struct ChannelLife
{
    public ChannelLife()
    {
    }

    public ChannelState State;
    public int Descriptor = -1;
    public IRecordChannelOwner? Owner;

    /// <summary>Null in plaintext, and until the keys are there.</summary>
    public SessionKeys? Keys;

    /// <summary>Null until it is known who makes the records.</summary>
    public ITransmitter? Transmitter;

    /// <summary>Where a record is received that a plain receive doesn't give.</summary>
    public Segment? Exact;

    /// <summary>What its owner sends once the control record under way has left.</summary>
    public SendRanges Waiting;

    public ControlCredit Credit;
    public KeyRenewal Renewal;

    /// <summary>What the keys of one direction bear; no limit without keys.</summary>
    public KeyLimit KeyLimit;

    /// <summary>Records that the kernel has opened, or more: it tells bytes.</summary>
    public ulong KernelReceived;

    /// <summary>The next response is to be the last.</summary>
    public bool IsEnding;

    public bool IsSending;
    public bool SendsControl;
    public bool OwesRefusal;
    public bool IsPaused;
    public bool PeerEnded;

    /// <summary>The armed receive ends so that the owner may close.</summary>
    public bool ReadsOnceMore;

    public bool KernelReceives;
    public bool IsReceiveBroken;
    public KtlsReason Reason = KtlsReason.Off;
    public Errno Refusal;

    /// <summary>The alert that ends the connection, and whether it has been sealed or sent.</summary>
    public TlsAlert LastAlert;
    public bool HasNotified;

    /// <summary>Bytes that came while the connection ended.</summary>
    public int LingeredBytes;
}
