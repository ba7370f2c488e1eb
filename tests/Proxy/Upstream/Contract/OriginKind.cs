namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>What an origin's client stands on, all of which keep the contract. Each version of TLS is with one back end.</summary>
public enum OriginKind
{
    IoUring,
    Epoll,
    IoUringTls13,
    EpollTls12,
}
