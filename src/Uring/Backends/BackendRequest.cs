using TlsProxy.Uring.Epoll;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Uring.Backends;

/// <summary>What the loops of a process are to stand on.</summary>
public sealed record BackendRequest
{
    /// <summary>The kind asked for; null takes io_uring where a probe passes, else epoll.</summary>
    public BackendKind? Kind { get; init; }

    public RingOptions Ring { get; init; } = new();

    public EpollOptions Epoll { get; init; } = new();

    /// <summary>Settings that were made and that only a ring has, in the words of whoever made them.</summary>
    public IReadOnlyList<string> RingSettings { get; init; } = [];
}
