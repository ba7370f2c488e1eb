using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Epoll;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>The back ends that have to pass the same tests, by name.</summary>
public static class Variants
{
    /// <summary>Each kind as the proxy uses it.</summary>
    public static TheoryData<string> Kinds => [.. Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf)];

    /// <summary>Each kind in each of its ways of working.</summary>
    public static TheoryData<string> All => [.. Requests.Keys];

    private static Dictionary<string, BackendRequest> Requests { get; } = new()
    {
        ["io_uring"] = new BackendRequest { Kind = BackendKind.IoUring },
        ["io_uring without multishot"] = Ring(new RingOptions { Multishot = false }),
        ["io_uring with small queues"] = Ring(new RingOptions { Entries = 4, SubmitBatch = 2, ReceiveBuffers = 8 }),
        ["io_uring with zero-copy sends"] = Ring(new RingOptions { SendZeroCopy = true }),
        ["io_uring with a polling thread"] = Ring(new RingOptions { SqPoll = true }),
        ["io_uring with registered buffers"] = Ring(new RingOptions { FixedBuffers = true }),
        ["epoll"] = new BackendRequest { Kind = BackendKind.Epoll },
        ["epoll with few buffers"] = Epoll(new EpollOptions { ReceiveBuffers = 8 }),
        ["epoll that waits in milliseconds"] = Epoll(new EpollOptions { PreciseWait = false }),
    };

    public static BackendRequest Request(string name) => Requests[name];

    /// <summary>A back end of a kind with two receive buffers.</summary>
    public static BackendRequest WithTwoBuffers(string kind) =>
        Requests[kind] with { Ring = new RingOptions { ReceiveBuffers = 2 }, Epoll = new EpollOptions { ReceiveBuffers = 2 } };

    private static BackendRequest Ring(RingOptions options) => new() { Kind = BackendKind.IoUring, Ring = options };

    private static BackendRequest Epoll(EpollOptions options) => new() { Kind = BackendKind.Epoll, Epoll = options };
}
