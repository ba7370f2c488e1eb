using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Answers;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The fetches in flight, by key: whoever asks for what is being fetched joins it. Callable from any thread.</summary>
internal sealed class FetchTable
{
    // Hosts of as many bytes are written without an array.
    private const int UsualHost = 256;

    private readonly FetchShards _shards;
    private readonly StoredAnswers _stored;
    private readonly FetchStarts _starts;
    private readonly SharedRequests _shared;
    private readonly BackgroundRefresh _refresh;
    private readonly Invalidation _invalidation;
    private readonly AnswerSteps _answers;

    /// <param name="shards">In how many shards the fetches are: a power of two.</param>
    public FetchTable(FetchServices services, int shards = FetchShards.DefaultCount)
    {
        Services = services;
        _shards = new FetchShards(services, shards);
        var ranges = new RangeAnswers(services);
        _stored = new StoredAnswers(services, ranges);
        _starts = new FetchStarts(services, _shards, _stored, SinkOf);
        _shared = new SharedRequests(services, _shards, _stored, ranges, _starts);
        _refresh = new BackgroundRefresh(services, _shards, _starts);
        _invalidation = new Invalidation(services, _shards);
        _answers = new AnswerSteps(new AnswerContext(
            services, _shards, new Dispersal(services, _shards, _stored, _starts), _invalidation, new HeadAnswer(services)));
    }

    public FetchServices Services { get; }

    /// <summary>Sends on whom an answer isn't for.</summary>
    public Dispersal Dispersal => _answers.Context.Dispersal;

    /// <summary>Requests to the origin under way.</summary>
    public int InFlight => _shards.Numbers.Active;

    /// <summary>Keys whose requests find a fetch under way that they may join.</summary>
    public int Joinable => _shards.Joinable;

    /// <summary>Those who wait for them or read what arrives.</summary>
    public int Subscribers => _shards.Subscribers;

    /// <summary>Requests to the origin so far.</summary>
    public long Started => _shards.Numbers.Started;

    /// <summary>Answers a ticket from a fetch: one that is under way, or a new one.</summary>
    public void Request(FetchTicket ticket)
    {
        var policy = Services.Policy;
        var rule = policy.Rules.Find(ticket.Request);
        // A tunnel has no key: its origin sees what the client wrote.
        if (ticket.Request.WebSocket is null)
            rule?.Normalise(ticket.Request);
        Span<byte> memory = ticket.Request.Host.Length <= UsualHost ? stackalloc byte[UsualHost] : new byte[ticket.Request.Host.Length];
        ticket.IsOfOne = policy.Lifetimes.IsOfOneClient(ticket.Request);
        var kind = FetchKinds.Of(ticket.Request, ticket.Directives, policy.ClientControl, rule, out var reason);
        var plan = new FetchPlan
        {
            Home = ticket.Home,
            Request = ticket.Request,
            Client = ticket.Client,
            Body = ticket.Body,
            Kind = kind,
            Rule = rule,
            Reuse = reason,
            Route = Services.Router.Choose(CacheKey.HostOf(ticket.Request, memory), ticket.Request.Target),
            Key = CacheKey.Of(ticket.Request, rule),
            IsOfOne = ticket.IsOfOne,
            ForbidsStoring = ticket.Directives.NoStore,
        };
        switch (kind)
        {
            case FetchKind.Past:
                _starts.Past(ticket, plan);
                break;
            case FetchKind.Alone:
                if (!_stored.TryAnswer(ticket, plan))
                    _starts.Managed(ticket, plan);
                break;
            default:
                _shared.Request(ticket, plan);
                break;
        }
    }

    /// <summary>Claims the right to refresh a stored response in the background.</summary>
    /// <returns>False when somebody has it, or the last refresh has only just ended.</returns>
    public bool Claim(CacheEntry entry) => _refresh.Claim(entry);

    /// <summary>Asks in the background about a stale response that was used.</summary>
    /// <param name="home">Where it was used.</param>
    /// <param name="request">Kept by the fetch.</param>
    /// <param name="entry">Its right to be refreshed was claimed by the caller.</param>
    public void Refresh(FetchHome home, RequestHead request, ForwardedClient client, CacheEntry entry) =>
        _refresh.Start(home, request, client, entry);

    /// <summary>Forgets everything that is stored, and doesn't store what is arriving, which may be older than the reason to
    /// forget.</summary>
    /// <returns>The objects there were.</returns>
    public int Clear() => _invalidation.Forget(ForgetOrder.Everything);

    /// <summary>Forgets marks that have run out. A timer calls it.</summary>
    public void Expire() => _shards.Expire();

    /// <summary>Gives up all requests to the origin, those that are begun from now on too, and waits for their end.</summary>
    /// <param name="patience">The longest wait for the origin's threads.</param>
    /// <returns>False when some go on: what they use, bodies, cache and origin, has to stay then.</returns>
    public bool Stop(TimeSpan patience) => _shards.Stop(patience);

    private ArrivingAnswer SinkOf(Fetch fetch) => new(_answers, fetch);
}
