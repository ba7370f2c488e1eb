using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Connections.Handshakes;

/// <summary>A handshake as its gate sees it.</summary>
internal abstract class GatedHandshake : IFaultDomain
{
    internal GatedHandshake? Older { get; set; }

    internal GatedHandshake? Newer { get; set; }

    /// <summary>Bytes that it is counted with while it holds memory, or 0.</summary>
    internal int HeldBytes { get; set; }

    /// <summary>The step that had to wait may be taken now.</summary>
    public abstract void TakeStep();

    /// <inheritdoc/>
    public abstract void OnFault();

    /// <summary>Others need the memory: it is let go of, and the handshake fails.</summary>
    public abstract void Drop();
}
