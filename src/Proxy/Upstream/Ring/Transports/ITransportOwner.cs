using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream.Ring.Transports;

/// <summary>Uses an <see cref="IOriginTransport"/>. Called on the loop's thread.</summary>
internal interface ITransportOwner : IFaultDomain
{
    /// <summary>A receive has ended.</summary>
    void OnReceived(in TransportResult result);

    /// <summary>A send has ended; the count may be short.</summary>
    void OnSent(in TransportResult result);

    /// <summary>Behind a close: nothing uses memory that was named any more.</summary>
    void OnReleased();

    /// <summary>The descriptor is closed. The last call, behind <see cref="OnReleased"/>.</summary>
    void OnClosed();
}
