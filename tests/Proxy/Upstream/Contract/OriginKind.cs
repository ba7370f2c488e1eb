namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>What an origin's client stands on, all of which keep the contract.</summary>
public enum OriginKind
{
    IoUring,
    Epoll,
}
