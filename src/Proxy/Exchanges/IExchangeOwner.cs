using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The protocol that an <see cref="Exchange"/> speaks through; called on the loop's thread.</summary>
internal interface IExchangeOwner : IFaultDomain
{
    /// <summary>Bytes that the client's side has taken, counted from any beginning.</summary>
    long SentBytes { get; }

    /// <summary>Bytes of this exchange are with the client's side, which hasn't taken them all. No response begins meanwhile.</summary>
    bool IsSending { get; }

    /// <summary>The client has gone, and reads no response any more.</summary>
    bool HasClientGone { get; }

    /// <summary>Writes the request's body into a buffer from now on.</summary>
    void TakeBody(RequestHead head, RequestBody body);

    /// <summary>The origin begins to read the body: a client that waits for 100 Continue gets it (RFC 9110, section 10.1.1).</summary>
    void OnBodyWanted();

    /// <summary>The body's buffer has room again.</summary>
    void OnBodyRoom();

    /// <summary>What is still to come of the request's body isn't wanted.</summary>
    void AbortBody();

    /// <summary>Sends interim responses, in order, in front of the final one; nothing of the exchange is being sent.
    /// <see cref="Exchange.OnInterimSent"/> follows.</summary>
    /// <returns>False where they are left out, for want of memory.</returns>
    bool TrySendInterims(ReadOnlySpan<InterimResponse> responses);

    /// <summary>Begins the response that the exchange's reader has begun to read. The exchange may have ended when the call returns.
    /// </summary>
    /// <param name="part">How much of it.</param>
    /// <param name="note">How the cache came to it; <see cref="CacheReason.Refused"/> for a request that is refused.</param>
    /// <returns>False when there is no memory for the head.</returns>
    bool TryBegin(in ResponsePart part, in CacheNote note);

    /// <summary>Bytes of the response have arrived; those that fit are sent.</summary>
    void OnBytesArrived();

    /// <summary>Calls <see cref="Exchange.OnDeadline"/> after so long, in place of an earlier time.</summary>
    void Arm(TimeSpan after);

    /// <summary>No deadline passes until the next is armed.</summary>
    void Disarm();

    /// <summary>The exchange can't go on, and the client must not take what it has for the whole. <see cref="Exchange.Leave"/>
    /// follows.</summary>
    void Abort();
}
