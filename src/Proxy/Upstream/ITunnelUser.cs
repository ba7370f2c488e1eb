using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream;

/// <summary>The client's side of an <see cref="IOriginTunnel"/>; called on its loop's thread.</summary>
internal interface ITunnelUser : IFaultDomain
{
    /// <summary>Bytes of the origin have come. The next come after another <see cref="IOriginTunnel.Receive"/>.</summary>
    /// <param name="memory">They are its first; its reference passes to the user.</param>
    void OnOriginBytes(Segment memory, int count);

    /// <summary>The origin sends no more.</summary>
    void OnOriginEnded();

    /// <summary>The origin's socket has taken bytes.</summary>
    void OnOriginTook();

    /// <summary>The origin, whose end has come before, takes nothing any more: nobody is left to talk to.</summary>
    void OnOriginLeft();

    /// <summary>The connection to the origin is lost, or there is no memory for its bytes: the tunnel is to end.</summary>
    void OnOriginFailed();
}
