using System.Security.Cryptography;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The fetches in flight, by key: whoever asks for what is being fetched joins it. Callable from any thread.</summary>
internal sealed partial class FetchTable
{
    // Guards the four below. Taken before a fetch's gate, and that before the cache's (ARCHITECTURE, Threads).
    private readonly Lock _gate = new();

    // Several of one key are for different variants.
    private readonly Dictionary<string, List<Fetch>> _fetches = [];
    private readonly HitForMissKeys _unshareable = new();
    private int _refreshing;

    // Changed by interlocked operations alone.
    private long _moments;
    private readonly ActiveFetches _active = new();

    public required IOrigin Origin { get; init; }

    public required ResponseCache Cache { get; init; }

    public required CachePolicy Policy { get; init; }

    public required SegmentPool Pool { get; init; }

    public required ForwardedFields Fields { get; init; }

    /// <summary>The largest body stored, in bytes.</summary>
    public required long ObjectMaximum { get; init; }

    /// <summary>What all bodies together may hold that are arriving to be stored; one that finds no room is passed on through a window instead.</summary>
    public ArrivingBudget Arriving { get; init; } = new(long.MaxValue);

    /// <summary>How much is held of a body that isn't stored.</summary>
    public BodyWindow Window { get; init; } = new(4 << 20);

    /// <summary>Keeps redirects in the proxy; null leaves them.</summary>
    public RedirectFields? Redirects { get; init; }

    /// <summary>Draws those who lead others after an error: gives a number below its argument, each as likely. No client can foresee
    /// it.</summary>
    public Func<int, int> Chance { get; init; } = RandomNumberGenerator.GetInt32;

    /// <summary>Where the origin's failures are told.</summary>
    public OriginTroubles Troubles { get; init; } = OriginTroubles.Silent;

    /// <summary>Where the faults of fetches are counted.</summary>
    public FaultLedger Faults { get; init; } = FaultLedger.Passing;

    /// <summary>Seconds of a clock that is never set, for what lasts.</summary>
    public long Uptime => (long)Time.GetElapsedTime(0).TotalSeconds;

    /// <summary>The next of the numbers that tell which answer was asked for when another had come.</summary>
    public long NextMoment() => Interlocked.Increment(ref _moments);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Milliseconds since 1970.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>With more requests under way, none goes on that nobody waits for: a client that asks and leaves would fill the memory
    /// otherwise.</summary>
    public int UnwatchedMaximum { get; init; } = OriginOptions.DefaultConnections;

    /// <summary>Whether more requests are under way than may be without anybody who waits.</summary>
    public bool IsCrowded => InFlight > UnwatchedMaximum;

    /// <summary>Requests to the origin under way.</summary>
    public int InFlight => _active.Count;

    /// <summary>Keys whose requests find a fetch under way that they may join.</summary>
    public int Joinable
    {
        get
        {
            lock (_gate)
                return _fetches.Count;
        }
    }

    /// <summary>Those who wait for them or read what arrives.</summary>
    public int Subscribers => _active.All.Sum(fetch => fetch.Subscribers);

    /// <summary>Requests to the origin so far.</summary>
    public long Started => _active.Started;

    /// <summary>Answers a ticket from a fetch: one that is under way, or a new one.</summary>
    public void Request(FetchTicket ticket)
    {
        var rule = Policy.Rules.Find(ticket.Request);
        rule?.Normalise(ticket.Request);
        ticket.IsOfOne = Policy.Lifetimes.IsOfOneClient(ticket.Request);
        var plan = new FetchPlan
        {
            Request = ticket.Request,
            Client = ticket.Client,
            Body = ticket.Body,
            Rule = rule,
            Key = CacheKey.Of(ticket.Request, rule),
            IsOfOne = ticket.IsOfOne,
            ForbidsStoring = ticket.Directives.NoStore,
        };
        switch (FetchRoutes.Of(ticket.Request, ticket.Directives, Policy.ClientControl, rule, out var reason))
        {
            case FetchRoute.Past:
                StartPast(ticket, plan with { Reuse = reason });
                break;
            case FetchRoute.Alone:
                if (!TryAnswerFromCache(ticket, plan))
                    StartManaged(ticket, plan);
                break;
            default:
                RequestShared(ticket, plan);
                break;
        }
    }

    /// <summary>Takes a fetch out, so that nobody joins it any more.</summary>
    /// <param name="remember">Its answer can't be shared; for a while nobody waits for such a one.</param>
    public void Retire(Fetch fetch, bool remember)
    {
        if (!fetch.Plan.IsShared)
            return;
        var hash = remember ? KeyHash.Of(fetch.Plan.Key) : default;
        lock (_gate)
        {
            if (_fetches.TryGetValue(fetch.Plan.Key, out var known) && known.Remove(fetch) && known.Count == 0)
                _fetches.Remove(fetch.Plan.Key);
            if (remember)
                _unshareable.Add(hash, Uptime, fetch.Plan.IsOfOne);
        }
    }

    /// <summary>Forgets marks that have run out. A timer calls it.</summary>
    public void Expire()
    {
        lock (_gate)
            _unshareable.Expire(Uptime);
    }

    /// <summary>Nothing of a fetch touches a body, the cache or the table afterwards.</summary>
    public void OnFetchEnded(Fetch fetch)
    {
        if (!_active.Remove(fetch) || !fetch.Plan.IsRefresh)
            return;
        lock (_gate)
            _refreshing--;
    }

    /// <summary>Gives up all requests to the origin, those that are begun from now on too, and waits for their end.</summary>
    /// <param name="patience">The longest wait for the origin's threads.</param>
    /// <returns>False when some go on: what they use, bodies, cache and origin, has to stay then.</returns>
    public bool Stop(TimeSpan patience) => _active.Stop(patience);

    private void RequestShared(FetchTicket ticket, FetchPlan plan)
    {
        Fetch? fetch = null;
        var passes = false;
        var hash = KeyHash.Of(plan.Key);
        lock (_gate)
        {
            var isUnshareable = _unshareable.Contains(hash, Uptime, plan.IsOfOne);
            if (_fetches.TryGetValue(plan.Key, out var known))
            {
                foreach (var running in known)
                {
                    if (running.TryJoin(ticket))
                        return;
                    isUnshareable |= running.IsUnshareable && (plan.IsOfOne || !running.Plan.IsOfOne);
                }
            }

            // A fetch that has just ended has stored its answer before it left the table.
            if (TryAnswerFromCache(ticket, plan))
                return;
            passes = PassesRange(ticket, plan);
            // What may stand in for an origin in trouble does so for all who wait for one answer.
            isUnshareable &= ticket.Stale is not { } stale
                || ReusePolicy.JudgeFailure(stale.Freshness, ticket.Directives, unreachable: false, Now) == CacheReason.Stale;
            if (!isUnshareable && !passes)
            {
                plan = plan with { IsShared = true, IsManaged = true, Reuse = ticket.Reuse };
                fetch = Make(plan, RevalidationFor(ticket, plan.Key), ticket);
                Add(fetch);
                Register(fetch);
            }
        }

        if (fetch is not null)
            Start(fetch);
        else if (passes)
            StartPast(ticket, plan with { Reuse = ticket.Reuse });
        else if (ticket.Stale is not null || ticket.Reuse == CacheReason.PartlyStored)
            StartManaged(ticket, plan);
        else
            StartPast(ticket, plan with { Reuse = CacheReason.HitForMiss });
    }

    private Revalidation RevalidationFor(FetchTicket ticket, string key)
    {
        var stale = ticket.TakeStale();
        return new Revalidation(
            stale, stale is null && ticket.Request.Method == KnownMethod.Get ? AcquireBeginning(ticket.Request, key) : null);
    }

    private bool TryAnswerFromCache(FetchTicket ticket, FetchPlan plan)
    {
        if (Cache.TryAcquire(ticket.Request, plan.Rule, out var miss) is not { } entry)
        {
            ticket.Reuse = miss;
            return TryAnswerFromParts(ticket, plan);
        }

        // The ticket gives it back, whatever happens.
        ticket.TakeStale()?.Response.Release();
        ticket.Stale = entry;
        ticket.Reuse = ReusePolicy.Judge(entry.Freshness, ticket.Directives, Now);
        return ReusePolicy.IsUse(ticket.Reuse) && ticket.TryAnswer(entry.Response, CacheNote.Reused(ticket.Reuse, entry.Freshness, Now));
    }

    private void Add(Fetch fetch)
    {
        if (_fetches.TryGetValue(fetch.Plan.Key, out var known))
            known.Add(fetch);
        else
            _fetches.Add(fetch.Plan.Key, [fetch]);
    }

    private void Start(Fetch fetch)
    {
        try
        {
            _active.Start(fetch);
        }
        catch (Exception fault) when (Faults.Contains(fault))
        {
            Faults.End(fetch, "the start of a fetch", fault);
        }
    }
}
