using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Has one attempt after the other. Called on the loop's thread, but for <see cref="PostReadable"/>.</summary>
internal interface IAttemptOwner
{
    /// <summary>Has the deadline pass so long from now, in place of any other.</summary>
    void Arm(OriginFailure reason, TimeSpan after);

    /// <summary>Nothing that the origin does is waited for.</summary>
    void Disarm();

    /// <summary>The answer is whole, and the attempt has given back its connection and its memory.</summary>
    void OnAnswered();

    /// <summary>The origin has switched protocols, and the attempt has given away its connection.</summary>
    void OnSwitched(ResponseHead head, OriginTunnel tunnel);

    /// <summary>The attempt has failed; the kernel uses no memory of it any more.</summary>
    void OnAttemptFailed(in FailedAttempt failed);

    /// <summary>Has <see cref="OriginAttempt.GoOn"/> called on the loop's thread. Called from any thread.</summary>
    void PostReadable();

    /// <summary>A callback of the attempt has thrown.</summary>
    void OnAttemptFault();
}
