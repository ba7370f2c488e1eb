using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The exchange whose answer a <see cref="BodyReader"/> reads.</summary>
internal interface IBodyReaderOwner : IFaultDomain
{
    /// <summary>Bytes have arrived, or the body has ended; on the loop's thread.</summary>
    void OnBodyProgress();
}
