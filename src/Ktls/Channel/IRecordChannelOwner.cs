using TlsProxy.Uring;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Ktls.Channel;

/// <summary>Who speaks over a channel. Every member is called on the loop's thread.</summary>
public interface IRecordChannelOwner : IFaultDomain
{
    /// <summary>Whether what was sent so far is the beginning of a message: an end here must not look like one in order.</summary>
    bool IsWithinMessage { get; }

    /// <summary>Application bytes, valid until the call returns.</summary>
    void OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>The peer sends no more.</summary>
    void OnReceiveEnded();

    /// <summary>The connection can't go on for long: the peer has asked for new keys, and the kernel takes none. The owner answers what has
    /// come, and closes. Once at most. See <see cref="RecordChannel.IsEnding"/>.</summary>
    void OnEnding();

    /// <summary>Nothing had come when the receive that <see cref="RecordChannel.ReadOnceMore"/> ends was over: a close loses nothing now.
    /// </summary>
    void OnSilent();

    /// <summary>The kernel has taken every byte of the last <see cref="RecordChannel.Send"/>.</summary>
    void OnSent();

    /// <summary>The stream is lost; the channel closes by itself, and <see cref="OnClosed"/> follows.</summary>
    void OnFailed(ChannelFailure failure, Errno error);

    /// <summary>All operations have completed and the descriptor is closed. The channel may be started again.</summary>
    void OnClosed();
}
