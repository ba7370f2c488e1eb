using System.Security.Cryptography;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Fetching;

/// <summary>What fetches work with, the same for all of them.</summary>
internal sealed record FetchServices
{
    public required ResponseCache Cache { get; init; }

    public required CachePolicy Policy { get; init; }

    public required SegmentPool Pool { get; init; }

    /// <summary>Where each request goes.</summary>
    public required IOriginRouter Router { get; init; }

    public ForwardedFields Fields { get; init; } = new();

    /// <summary>The largest body stored, in bytes.</summary>
    public required long ObjectMaximum { get; init; }

    /// <summary>Bytes that go on arriving of a body that may be stored when its last reader has left. A refresh in the background, which
    /// has none, is brought to its end.</summary>
    public long UnreadMaximum { get; init; } = long.MaxValue;

    /// <summary>What all bodies together may hold that are arriving to be stored; one that finds no room is passed on through a window
    /// instead.</summary>
    public ArrivingBudget Arriving { get; init; } = new(long.MaxValue);

    /// <summary>How much is held of a body that isn't stored.</summary>
    public BodyWindow Window { get; init; } = new(4 << 20);

    /// <summary>Draws those who lead others after an error: gives a number below its argument, each as likely. No client can foresee
    /// it.</summary>
    public Func<int, int> Chance { get; init; } = RandomNumberGenerator.GetInt32;

    /// <summary>Where the origin's failures are told.</summary>
    public OriginTroubles Troubles { get; init; } = OriginTroubles.Silent;

    /// <summary>Where the faults of fetches are counted.</summary>
    public FaultLedger Faults { get; init; } = FaultLedger.Passing;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>With more requests under way, none goes on that nobody waits for: a client that asks and leaves would fill the memory
    /// otherwise.</summary>
    public int UnwatchedMaximum { get; init; } = OriginOptions.DefaultConnections;

    /// <summary>Seconds of a clock that is never set, for what lasts.</summary>
    public long Uptime => (long)Time.GetElapsedTime(0).TotalSeconds;

    /// <summary>Milliseconds since 1970.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
