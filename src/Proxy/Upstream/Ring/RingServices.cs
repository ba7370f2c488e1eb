using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream.Ring.Tls;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>What the exchanges of one loop with an origin work with.</summary>
internal sealed record RingServices
{
    public required EventLoop Loop { get; init; }

    /// <summary>Where heads, and input that can't be used yet, are held.</summary>
    public required SegmentPool Memory { get; init; }

    public required OriginOptions Options
    {
        get;
        init
        {
            field = value;
            AnswerLimits = HttpLimits.OfAnswers with { HeadBytes = value.HeadKibibytesMax * 1024 };
        }
    }

    /// <summary>The limits of the origin's heads.</summary>
    public HttpLimits AnswerLimits { get; private init; } = HttpLimits.OfAnswers;

    /// <summary>How connections are protected; null for an http origin.</summary>
    public OriginTls? Tls { get; init; }

    /// <summary>The server is one of several of its origin.</summary>
    public bool HasSiblings { get; init; }

    /// <summary>The time of arrival for answers without Date.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public FaultLedger Faults => Loop.Faults;
}
