using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>Facts of one connection that several parts of a <see cref="RecordChannel"/> read. The value is replaced as a whole at the
/// connection's end, so that nothing of it reaches the next.</summary>
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

    /// <summary>What the keys of one direction bear; no limit without keys.</summary>
    public KeyLimit KeyLimit;

    /// <summary>The next response is to be the last.</summary>
    public bool IsEnding;

    /// <summary>Nothing more of the peer's is given to the owner.</summary>
    public bool PeerEnded;

    /// <summary>The peer's end of the stream came without close_notify, or can't be seen any more.</summary>
    public bool IsTruncated;

    public bool KernelReceives;

    /// <summary>The kernel can't open what comes, so that nothing is received any more.</summary>
    public bool IsReceiveBroken;
}
