using System.Collections.Concurrent;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Origin;

/// <summary>The fetches in flight, by key: whoever asks for what is being fetched joins it. Callable from any thread.</summary>
internal sealed class FetchTable
{
    /// <summary>Bytes held of a body that isn't stored.</summary>
    public const int WindowBytes = 4 << 20;

    private const long UnshareableSeconds = 120;
    private const int UnshareableMaximum = 65_536;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Fetch> _fetches = [];

    // Keys whose last answer couldn't be shared, until when: their requests don't wait for each other (hit-for-miss).
    private readonly Dictionary<string, long> _unshareable = [];
    private readonly ConcurrentDictionary<Fetch, bool> _active = new();
    private long _started;

    public required IOrigin Origin { get; init; }

    public required ResponseCache Cache { get; init; }

    public required CachePolicy Policy { get; init; }

    public required SegmentPool Pool { get; init; }

    public required ForwardedFields Fields { get; init; }

    /// <summary>The largest body stored, in bytes.</summary>
    public required long ObjectMaximum { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seconds since 1970.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Requests to the origin under way.</summary>
    public int InFlight => _active.Count;

    /// <summary>Those who wait for them or read what arrives.</summary>
    public int Subscribers => _active.Keys.Sum(fetch => fetch.Subscribers);

    /// <summary>Requests to the origin so far.</summary>
    public long Started => Interlocked.Read(ref _started);

    /// <summary>Answers a ticket from a fetch: one that is under way, or a new one.</summary>
    public void Request(FetchTicket ticket)
    {
        if (!MayShare(ticket.Request))
        {
            StartAlone(ticket);
            return;
        }

        var key = CacheKey.Of(ticket.Request);
        Fetch? fetch = null;
        lock (_gate)
        {
            if (_fetches.TryGetValue(key, out var known))
            {
                // A fetch that takes nobody any more may have stored its answer just now.
                if (known.TryJoin(ticket) || TryAnswerFromCache(ticket))
                    return;
            }
            else if (!IsUnshareable(key))
            {
                // A fetch that has just ended has stored its answer before it left the table.
                if (TryAnswerFromCache(ticket))
                    return;
                fetch = new Fetch(this, key, ticket);
                _fetches.Add(key, fetch);
            }
        }

        if (fetch is null)
            StartAlone(ticket);
        else
            Start(fetch);
    }

    /// <summary>Fetches for one ticket alone.</summary>
    public void StartAlone(FetchTicket ticket)
    {
        ticket.Outcome = CacheOutcome.Pass;
        ticket.Stale?.Response.Release();
        ticket.Stale = null;
        Start(new Fetch(this, null, ticket));
    }

    /// <summary>Takes a fetch out, so that nobody joins it any more.</summary>
    /// <param name="remember">Its answer can't be shared; for a while nobody waits for such a one.</param>
    public void Retire(Fetch fetch, bool remember)
    {
        if (fetch.Key is not { } key)
            return;
        lock (_gate)
        {
            if (_fetches.TryGetValue(key, out var known) && known == fetch)
                _fetches.Remove(key);
            if (remember && _unshareable.Count < UnshareableMaximum)
                _unshareable[key] = Now + UnshareableSeconds;
        }
    }

    /// <summary>Forgets what a successful unsafe request has changed (RFC 9111, section 4.4).</summary>
    public void Invalidate(RequestHead request, int status)
    {
        if (request.Method is not (KnownMethod.Get or KnownMethod.Head or KnownMethod.Options or KnownMethod.Trace) && status is >= 200 and < 400)
            Cache.Remove(request);
    }

    /// <summary>Forgets marks that have run out. A timer calls it.</summary>
    public void Expire()
    {
        var now = Now;
        lock (_gate)
        {
            foreach (var key in _unshareable.Where(mark => mark.Value <= now).Select(mark => mark.Key).ToArray())
                _unshareable.Remove(key);
        }
    }

    public void OnFetchEnded(Fetch fetch) => _active.TryRemove(fetch, out _);

    private static bool MayShare(RequestHead request)
    {
        if (request.Method != KnownMethod.Get || request.Framing != BodyFraming.None || request.Fields.Contains(KnownField.Authorization))
            return false;
        var control = CacheControl.Read(request.Fields);
        return !control.NoStore && !control.NoCache && control.MaxAge < 0 && control.MinFresh < 0;
    }

    private bool IsUnshareable(string key) => _unshareable.TryGetValue(key, out var until) && until > Now;

    private bool TryAnswerFromCache(FetchTicket ticket)
    {
        if (Cache.TryAcquire(ticket.Request) is not { } entry)
            return false;
        if (!entry.Freshness.IsFreshAt(Now))
        {
            if (entry.HasValidator && ticket.Stale is null)
                ticket.Stale = entry;
            else
                entry.Response.Release();
            return false;
        }

        ticket.Outcome = CacheOutcome.Hit;
        ticket.TryAnswer(entry.Response, entry.Freshness.AgeAt(Now));
        entry.Response.Release();
        return true;
    }

    private void Start(Fetch fetch)
    {
        _active.TryAdd(fetch, true);
        Interlocked.Increment(ref _started);
        fetch.Start();
    }
}
