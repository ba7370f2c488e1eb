namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Hears how far a <see cref="RequestSending"/> is. Called on the loop's thread, but for <see cref="PostReadable"/>.</summary>
internal interface ISendingOwner
{
    /// <summary>Bytes of the body are about to be sent.</summary>
    void OnSendBegins();

    /// <summary>The client is waited for.</summary>
    void OnBodyAwaited();

    /// <summary>The head has left, and the origin is to ask for the body (RFC 9110, section 10.1.1).</summary>
    void OnLeaveAwaited();

    /// <summary>All has been sent.</summary>
    void OnRequestSent();

    /// <summary>The rest of the body won't come.</summary>
    void OnBodyBroken();

    /// <summary>The body can be pulled: has <see cref="RequestSending.GoOn"/> called on the loop's thread. Called from any
    /// thread.</summary>
    void PostReadable();
}
