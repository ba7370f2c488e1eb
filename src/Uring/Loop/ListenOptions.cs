namespace TlsProxy.Uring.Loop;

/// <summary>How a listening socket is opened.</summary>
public sealed record ListenOptions
{
    /// <summary>Connections the kernel holds for us, capped by net.core.somaxconn.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>SO_SNDBUF of accepted sockets in bytes; null leaves it to the kernel's tuning.</summary>
    public int? SendBufferBytes { get; init; }

    /// <summary>Further sockets of this user may listen on the same address, and share its connections (SO_REUSEPORT).</summary>
    public bool SharesPort { get; init; } = true;

    /// <summary>IPV6_V6ONLY of an IPv6 listener.</summary>
    public bool IPv6Only { get; init; }
}
