using System.Net;
using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Origin;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What <c>tlsproxy serve</c> was asked for.</summary>
internal sealed record ServeOptions
{
    /// <summary>Addresses served.</summary>
    public required IReadOnlyList<ListenAddress> Listen { get; init; }

    /// <summary>Certificate and key of the TLS listeners; null where there are none.</summary>
    public required TlsServerOptions? Tls { get; init; }

    /// <summary>The file or folder of libssl, or null for the system's.</summary>
    public required string? LibSsl { get; init; }

    /// <summary>Which directions the kernel is to take; null takes what its probe finds.</summary>
    public required KtlsMode? Ktls { get; init; }

    /// <summary>Without kTLS nothing is served.</summary>
    public required bool RequireKtls { get; init; }

    /// <summary>Where operators ask; null for nowhere.</summary>
    public required IPEndPoint? Admin { get; init; }

    /// <summary>The file of the token that operators send for what changes the proxy's state.</summary>
    public required string AdminTokenFile { get; init; }

    /// <summary>File of the access log, <c>-</c> for standard output, null for none.</summary>
    public required string? AccessLog { get; init; }

    public required OriginOptions Origin { get; init; }

    /// <summary>The Host the origin is given, or null for the client's own.</summary>
    public required string? OriginHost { get; init; }

    /// <summary>Bytes of all stored responses.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Stored responses.</summary>
    public required int CacheObjects { get; init; }

    /// <summary>Bytes of the largest body stored.</summary>
    public required long ObjectBytes { get; init; }

    public required TimeSpan DefaultLifetime { get; init; }

    /// <summary>Worker threads, each with its ring.</summary>
    public required int Workers { get; init; }

    /// <summary>SO_SNDBUF of client connections in bytes; null leaves it to the kernel.</summary>
    public int? SendBufferBytes { get; init; }

    /// <summary>How long responses on their way may take once the end was asked for.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    public required DeadlineOptions Deadlines { get; init; }

    public required RingOptions Ring { get; init; }

    /// <summary>Bytes of one send operation at most.</summary>
    public required int ChunkBytes { get; init; }
}
