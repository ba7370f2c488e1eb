using TlsProxy.Proxy.Cache.Explanation;

namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>All that a line of the access log says of a request and its response. Times are microseconds, -1 where there is none.</summary>
internal readonly ref struct LoggedExchange
{
    /// <summary>When the response had left, in UTC.</summary>
    public required DateTime Time { get; init; }

    public required LoggedConnection Connection { get; init; }

    public required TracedHead Head { get; init; }

    public required int Status { get; init; }

    public required CacheNote Note { get; init; }

    /// <summary>Bytes that have left for the response, its head and framing included, without TLS.</summary>
    public required long SentBytes { get; init; }

    /// <summary>Bytes of its body, or of the tunnel that it has opened.</summary>
    public required long BodyBytes { get; init; }

    /// <summary>Bytes of the client in the tunnel that the response has opened; -1 where none is.</summary>
    public required long ReceivedBytes { get; init; }

    /// <summary>From the accept to the keys.</summary>
    public required long Handshake { get; init; }

    /// <summary>From the keys, or the end of the response before, to the end of the head.</summary>
    public required long Reading { get; init; }

    /// <summary>From the end of the head to the first byte of the response that the kernel took.</summary>
    public required long First { get; init; }

    /// <summary>From the end of the head to the last byte of the response that the kernel took.</summary>
    public required long Last { get; init; }

    /// <summary>From the request to the origin to the head of its answer, or to its failure.</summary>
    public required long OriginHead { get; init; }

    /// <summary>From the request to the origin to the last byte of its answer.</summary>
    public required long OriginLast { get; init; }

    /// <summary>What nginx calls the way in which its cache came to a response; empty for the proxy's own answers.</summary>
    public ReadOnlySpan<byte> CacheStatus => Note.Outcome switch
    {
        CacheOutcome.Hit or CacheOutcome.Joined => "HIT"u8,
        CacheOutcome.Miss or CacheOutcome.Failed => Note.Reuse is CacheReason.Stale or CacheReason.ResponseNoCache ? "EXPIRED"u8 : "MISS"u8,
        CacheOutcome.Stale => Note.Reuse == CacheReason.StaleWhileRevalidate ? "UPDATING"u8 : "STALE"u8,
        CacheOutcome.Revalidated => "REVALIDATED"u8,
        CacheOutcome.Pass => "BYPASS"u8,
        _ => default,
    };

    /// <summary>The same in the proxy's own words.</summary>
    public string Outcome => Note.Outcome switch
    {
        CacheOutcome.Local => nameof(CacheOutcome.Local),
        CacheOutcome.Hit => nameof(CacheOutcome.Hit),
        CacheOutcome.Miss => nameof(CacheOutcome.Miss),
        CacheOutcome.Joined => nameof(CacheOutcome.Joined),
        CacheOutcome.Stale => nameof(CacheOutcome.Stale),
        CacheOutcome.Revalidated => nameof(CacheOutcome.Revalidated),
        CacheOutcome.Pass => nameof(CacheOutcome.Pass),
        CacheOutcome.Failed => nameof(CacheOutcome.Failed),
        _ => throw new ArgumentOutOfRangeException(nameof(Note), Note.Outcome, "There is no word for this value."),
    };
}
