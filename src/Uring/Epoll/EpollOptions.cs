namespace TlsProxy.Uring.Epoll;

/// <summary>How an epoll back end is set up.</summary>
public sealed record EpollOptions
{
    /// <summary>Receive buffers in the pool.</summary>
    public int ReceiveBuffers { get; init; } = 512;

    /// <summary>Bytes of one receive buffer.</summary>
    public int ReceiveBufferBytes { get; init; } = 4096;

    /// <summary>Waits in nanoseconds where the kernel can (epoll_pwait2, Linux 5.11), else in milliseconds.</summary>
    public bool PreciseWait { get; init; } = true;
}
