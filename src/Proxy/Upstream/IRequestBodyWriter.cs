using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream;

/// <summary>Who feeds a <see cref="RequestBody"/>: the client's connection.</summary>
internal interface IRequestBodyWriter : IFaultDomain
{
    /// <summary>Called on the loop's thread once the origin begins to read the body.</summary>
    void OnWanted();

    /// <summary>Called on the loop's thread after <see cref="RequestBody.Write"/> took less than it was offered: there is room again,
    /// or the rest isn't wanted and will be taken to be forgotten.</summary>
    void OnRoom();
}
