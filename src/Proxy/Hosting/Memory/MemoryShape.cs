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

    /// <summary>Connections to the origin at once.</summary>
    public required int OriginConnections { get; init; }
}
