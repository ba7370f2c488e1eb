using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>All that the exchanges of one worker use in common; of its thread alone.</summary>
/// <remarks>So many fields because an exchange reaches here for all that it shares with others.</remarks>
internal sealed class ExchangeServices
{
    public required EventLoop Loop { get; init; }

    /// <summary>Where heads and values for the log are borrowed.</summary>
    public required SegmentStock Segments { get; init; }

    /// <summary>Where bodies of requests are held. Not the pool of responses, whose use tells how much room the cache has.</summary>
    public required SegmentPool UploadPool { get; init; }

    public required WallClock Clock { get; init; }

    public required WorkerCounters Counters { get; init; }

    public required LocalResponses Responses { get; init; }

    public required ResponseCache Cache { get; init; }

    public required FetchTable Fetches { get; init; }

    /// <summary>Where what the exchanges ask the origin comes from.</summary>
    public required FetchHome Home { get; init; }

    /// <summary>What the origin hears of clients by their certificates.</summary>
    public required ClientCertificateFields ClientFields { get; init; }

    public required DeadlineOptions Deadlines { get; init; }

    /// <summary>Which requests may open tunnels.</summary>
    public TunnelOptions Tunnels { get; init; } = new();

    /// <summary>How many tunnels there may be.</summary>
    public TunnelLimit TunnelLimit { get; init; } = new(int.MaxValue);

    /// <summary>Peers whose X-Forwarded fields are believed.</summary>
    public TrustedProxies TrustedProxies { get; init; } = TrustedProxies.None;

    /// <summary>Answers every request in place of cache and origin; null for none.</summary>
    public IResponder? Responder { get; init; }

    /// <summary>How requests that are sent to https are answered; null where there are none.</summary>
    public Redirection? Redirection { get; init; }

    /// <summary>Where each request leaves a line; null for nowhere.</summary>
    public AccessLog? AccessLog { get; init; }

    /// <summary>Where a line of the log is put together; empty where there is none.</summary>
    public byte[] LogLine { get; init; } = [];
}
