namespace TlsProxy.Proxy.Hosting.Memory;

/// <summary>The options that decide how much memory the proxy may take.</summary>
internal sealed record MemoryShape
{
    /// <summary>Bytes of all stored responses (<c>--cache-size</c>).</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Worker threads.</summary>
    public required int Workers { get; init; }

    /// <summary>Connections of clients at once.</summary>
    public required long Connections { get; init; }

    /// <summary>Unfinished handshakes at once (<c>--max-handshakes</c>).</summary>
    public required int Handshakes { get; init; }

    /// <summary>Requests to the origin that no client waits for, at once.</summary>
    public required int UnwatchedRequests { get; init; }
}
