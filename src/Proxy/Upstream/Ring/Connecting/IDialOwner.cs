using System.Net;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream.Ring.Connecting;

/// <summary>Gets the outcome of a <see cref="Dial"/>: one call on the loop's thread, never within <see cref="Dial.Start"/>.</summary>
internal interface IDialOwner : IFaultDomain
{
    /// <summary>A connection stands.</summary>
    /// <param name="descriptor">The owner's from here on, also where this call throws.</param>
    /// <param name="address">The peer.</param>
    void OnConnected(int descriptor, EndPoint address);

    /// <summary>There is no connection, and no further attempt is made.</summary>
    /// <param name="reason"><see cref="OriginFailure.ConnectFailed"/>, <see cref="OriginFailure.ConnectTimeout"/> or
    /// <see cref="OriginFailure.NoDescriptor"/>.</param>
    /// <param name="trouble">The address that failed last; at the timeout the one that was tried last.</param>
    void OnDialFailed(OriginFailure reason, OriginTrouble trouble);
}
