using TlsProxy.Proxy.Connections.Logging;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Connections;

/// <summary>Who is told how a response ended.</summary>
internal interface IResponseOwner : IFaultDomain
{
    /// <summary>The whole response has left.</summary>
    /// <param name="body">What left of its body.</param>
    void OnResponseSent(SentBody body);

    /// <summary>The response can't be finished; the client must not take what it has for the whole.</summary>
    void OnResponseCut();

    /// <summary>More of the body has arrived of which it wasn't decided yet how much is sent.</summary>
    void OnUndecidedProgress();
}
