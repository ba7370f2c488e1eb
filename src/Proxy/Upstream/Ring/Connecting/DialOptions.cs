using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Upstream.Ring.Connecting;

/// <summary>How a loop connects to origins.</summary>
internal sealed record DialOptions
{
    /// <summary>Where the socket addresses of attempts under way lie: the kernel may read them until their connects have
    /// completed.</summary>
    public required SegmentPool Pool { get; init; }

    /// <summary>How long all attempts of a dial may take together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where attempts find descriptors when they are short; null where they never are.</summary>
    public SpareDescriptors? Spare { get; init; }

    /// <summary>Counts the attempts until nothing of them is pending; null where nobody asks.</summary>
    public OpeningSockets? Opening { get; init; }
}
