using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Workers;

/// <summary>What all workers share.</summary>
/// <remarks>Its many fields are one part of the proxy or one setting each, named where the parts are put together.</remarks>
internal sealed record WorkerSettings
{
    /// <summary>What the threads are called, before their number.</summary>
    public string ThreadName { get; init; } = "worker";

    public required SegmentPool Pool { get; init; }

    /// <summary>How many connections all workers may have.</summary>
    public ConnectionLimit Connections { get; init; } = new(int.MaxValue);

    public required LocalResponses Responses { get; init; }

    public required ResponseCache Cache { get; init; }

    public required FetchTable Fetches { get; init; }

    /// <summary>Gives the origin as a worker asks it, for the worker's loop.</summary>
    public required Func<EventLoop, IOrigin> CreateOrigin { get; init; }

    /// <summary>Where each request leaves a line; null for nowhere.</summary>
    public AccessLog? AccessLog { get; init; }

    /// <summary>The name of the field that tells why the cache did what it did; empty for none.</summary>
    public ReadOnlyMemory<byte> DebugField { get; init; }

    /// <summary>What the faults of callbacks are counted in.</summary>
    public FaultLedger Faults { get; init; } = FaultLedger.Passing;

    /// <summary>Told of a worker whose loop can't go on, by its name, and doesn't return; null lets the exception pass.</summary>
    public Action<string, Exception>? OnLoopLost { get; init; }

    /// <summary>Makes what a worker's loop checks before it goes on after a rest, and now and then while it works; null for
    /// nothing.</summary>
    public Func<PeriodicCheck?> NewCheck { get; init; } = static () => null;

    /// <summary>The time of day.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What TLS listeners present; null where there are none.</summary>
    public TlsContext? Tls { get; init; }

    /// <summary>What the origin hears of clients by their certificates.</summary>
    public ClientCertificateFields ClientFields { get; init; } = new("X-Client-Subject");

    /// <summary>Whether it hears the certificate itself.</summary>
    public bool ForwardsClientCertificate { get; init; }

    /// <summary>Who answers everything, in place of cache and origin; null for nobody.</summary>
    public IResponder? Responder { get; init; }

    /// <summary>How listeners that redirect answer; null where there are none.</summary>
    public Redirection? Redirection { get; init; }

    /// <summary>Peers whose X-Forwarded fields are believed.</summary>
    public TrustedProxies TrustedProxies { get; init; } = TrustedProxies.None;

    /// <summary>The field line that answers over TLS get (RFC 6797); empty for none.</summary>
    public ReadOnlyMemory<byte> StrictTransportSecurity { get; init; }

    /// <summary>What the log has told of kernel TLS.</summary>
    public KtlsFirsts KtlsFirsts { get; } = new();

    public HandshakeLimits Handshakes { get; init; } = new();

    public HandshakeMemory HandshakeMemory { get; init; } = new();

    public ChannelOptions Channel { get; init; } = new();

    public HttpLimits Limits { get; init; } = new();

    public DeadlineOptions Deadlines { get; init; } = new();

    /// <summary>Which requests may open tunnels.</summary>
    public TunnelOptions Tunnels { get; init; } = new();

    /// <summary>How many tunnels all workers may have.</summary>
    public TunnelLimit TunnelLimit { get; init; } = new(int.MaxValue);
}
