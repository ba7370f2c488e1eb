using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What <c>tlsproxy serve</c> was asked for, by area.</summary>
internal sealed record ServeOptions
{
    public required ListenerOptions Listeners { get; init; }

    public required TlsOptions Tls { get; init; }

    public required HandshakeOptions Handshakes { get; init; }

    public required OriginSet Origins { get; init; }

    public required CacheOptions Cache { get; init; }

    public required DeadlineOptions Deadlines { get; init; }

    /// <summary>How long responses on their way may take once the end was asked for.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>Connections of clients at once; null for as many as descriptors allow.</summary>
    public required int? ConnectionsMax { get; init; }

    /// <summary>Which requests may open tunnels.</summary>
    public required TunnelOptions Tunnels { get; init; }

    /// <summary>Tunnels open at once; null for the share that descriptors leave.</summary>
    public required int? TunnelsMax { get; init; }

    public required WorkerOptions Workers { get; init; }

    public required LogOptions Log { get; init; }

    public required OperatorOptions Operators { get; init; }

    public required TakeoverOptions Takeover { get; init; }

    /// <summary>A sentence for each thing that can hardly be meant.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
