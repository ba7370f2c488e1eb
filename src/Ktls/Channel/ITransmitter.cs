using TlsProxy.Handshake.Records;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>What carries the bytes of one connection to its socket. One operation is in flight at a time, since a short send is a
/// success and a second one would overtake the rest of the first.</summary>
internal interface ITransmitter
{
    /// <summary>Bytes the kernel has taken.</summary>
    long SentBytes { get; }

    /// <summary>Whether the keys have protected so much that the next response is to be the last, since they can't be changed.</summary>
    bool IsNearKeyLimit { get; }

    /// <summary>Whether the keys may protect more than the record that tells the end.</summary>
    bool HasKeyRoom { get; }

    /// <summary>Begins to send application bytes.</summary>
    /// <param name="ranges">At most <see cref="SendRanges.Maximum"/>; their bytes stay until all are sent.</param>
    TransmitStep TrySend(int descriptor, ReadOnlySpan<NativeSlice> ranges);

    /// <summary>Begins to send a record that isn't application data.</summary>
    /// <returns>False when there is no memory, or the keys must not protect even this.</returns>
    bool TrySendControl(int descriptor, ContentType type, ReadOnlySpan<byte> message);

    /// <summary>Counts what an operation sent, and sends on.</summary>
    TransmitStep Advance(int descriptor, int count);

    /// <summary>Sends nothing beyond the records under way.</summary>
    void DropRest();

    /// <summary>Gives memory back; nothing is in flight.</summary>
    void Release();
}
