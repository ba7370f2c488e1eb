using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring.Transports;

/// <summary>Carries the bytes of one connection to an origin, in plaintext or in records of TLS: one receive and one send at a time. What
/// ends is told to an <see cref="ITransportOwner"/>, never within the call that began it. Loop's thread only.</summary>
internal interface IOriginTransport
{
    /// <summary>Bytes, as the socket counts them, that it has taken. Not fewer than have left of what was sent.</summary>
    long SentBytes { get; }

    /// <summary>A receive into the caller's memory would end at once.</summary>
    bool HasInput { get; }

    /// <summary>Names who is told. Once, before anything else.</summary>
    void Bind(ITransportOwner owner);

    /// <summary>Looks whether a further request may leave, between one and the next.</summary>
    /// <returns>False where bytes or the end have come unasked.</returns>
    bool TryReuse();

    /// <summary>Receives into memory of the transport's, unless a receive is pending.</summary>
    void Receive();

    /// <param name="memory">The caller's; it stays until the receive has ended.</param>
    void ReceiveInto(NativeSlice memory);

    /// <param name="ranges">At most three, of the caller's memory, which stays until the send has ended.</param>
    void Send(ReadOnlySpan<NativeSlice> ranges);

    /// <summary>Tells the origin the end of what is sent, and receives on. No send is pending, and none follows.</summary>
    void EndSend();

    /// <summary>Ends the connection. Receives and sends are told no more.</summary>
    void Close();

    /// <summary>The same with a reset, so that the origin can't take what it has for the whole.</summary>
    void Reset();

    /// <summary>Gives what is pending away; nothing more is done or told.</summary>
    /// <returns>The descriptor; negative where it is closed or being closed.</returns>
    int Surrender(AbandonedSocket heir);

    /// <summary>Gives back what the transport itself holds, once nothing is pending that was surrendered.</summary>
    void Discard();
}
