using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Has an <see cref="OriginConnection"/> for itself: one attempt to send a request. Called on the loop's thread.</summary>
internal interface IConnectionUser : IFaultDomain
{
    /// <summary>A receive has ended.</summary>
    void OnReceived(in TransportResult result);

    /// <summary>A send has ended; the count may be short.</summary>
    void OnSent(in TransportResult result);

    /// <summary>The connection is closed and the kernel uses no memory of the user any more. The last call, but for a connection that the
    /// user gave back.</summary>
    void OnClosed();

    /// <summary>Gives back the memory that operations were told of. Called in place of <see cref="OnClosed"/> once a fault has ended the
    /// connection.</summary>
    void ReleaseMemory();
}
