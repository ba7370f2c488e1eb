using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>What the proxy has said of an exchange with a <see cref="HeldOrigin"/>.</summary>
internal sealed class HeldFlow : IOriginExchange
{
    /// <summary>The proxy takes data.</summary>
    public bool IsOpen { get; set; } = true;

    public bool IsCancelled { get; private set; }

    public void Cancel() => IsCancelled = true;

    public void Resume() => IsOpen = true;
}
