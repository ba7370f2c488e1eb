using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Responses;

/// <summary>Who reads a body that is still arriving.</summary>
internal interface IBodySubscriber : IFaultDomain
{
    /// <summary>The first byte it still needs. Read from any thread.</summary>
    long BodyOffset { get; }

    /// <summary>Called on the subscriber's loop after bytes have arrived or the body has ended.</summary>
    void OnBodyProgress();
}
