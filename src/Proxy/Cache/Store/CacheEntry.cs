using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>A stored response with what decides about its use. Both are one object, since there are many.</summary>
internal sealed class CacheEntry : Response
{
    // A stale response with a validator is kept this long for its revalidation, in milliseconds.
    private const long RevalidationWindow = 3_600_000;

    // Between two tries to refresh a stale response in the background, when the first has failed.
    private const int RefreshRetrySeconds = 1;

    // Of the freshness; terms that many entries have are one object.
    private readonly long _responseTime;
    private readonly long _initialAge;
    private readonly long _lifetime;
    private readonly long _ageWhenAsked;
    private readonly StaleTerms _stale;

    // When it may be refreshed next; changed by who takes the right, by an interlocked operation, and by who has it.
    private int _nextRefresh;

    /// <param name="head">As it is kept.</param>
    /// <param name="body">Its first reference passes to the entry.</param>
    /// <param name="lengthInHead">The head tells the length of a body that isn't there.</param>
    public CacheEntry(
        ResponseHead head, Body body, in Freshness freshness, VaryKey vary, bool sharesAuthorized, bool lengthInHead = false)
        : base(head, body, lengthInHead)
    {
        _responseTime = freshness.ResponseTime;
        _initialAge = freshness.InitialAge;
        _lifetime = freshness.Lifetime;
        _ageWhenAsked = freshness.AgeWhenAsked;
        _stale = StaleTerms.Of(freshness);
        Vary = vary;
        SharesAuthorized = sharesAuthorized;
    }

    /// <summary>An entry out of a response that may be stored.</summary>
    /// <param name="head">As the origin sent it, or updated.</param>
    /// <param name="body">Its reference stays with the caller.</param>
    /// <param name="responseTime">When the head came, in milliseconds since 1970.</param>
    /// <param name="order">Where the answer stands among others.</param>
    /// <param name="isBodiless">The head tells the length of a body that isn't there, as the answer to HEAD does.</param>
    public static CacheEntry Create(
        RequestHead request, ResponseHead head, Body body, in StoreDecision decision, long responseTime,
        in AnswerOrder order = default, bool isBodiless = false)
    {
        var stored = StoredHead.Of(head, decision.Directives, responseTime, decision.StripsCookies, keepsLength: isBodiless);
        var vary = VaryKey.Of(stored, request, decision.KeyFields);
        return new CacheEntry(stored, body, decision.Freshness, vary, decision.Directives.SharesAuthorized, isBodiless) { Order = order };
    }

    /// <summary>The same with another head and body.</summary>
    /// <param name="head">As it is kept.</param>
    /// <param name="body">Its first reference passes to the entry.</param>
    public CacheEntry With(ResponseHead head, Body body) => new(head, body, Freshness, Vary, SharesAuthorized) { Order = Order };

    /// <summary>What clients get.</summary>
    public Response Response => this;

    public Freshness Freshness => new(_responseTime, _initialAge, _lifetime)
    {
        AgeWhenAsked = _ageWhenAsked,
        AlwaysAsk = _stale.AlwaysAsk,
        MustRevalidate = _stale.MustRevalidate,
        StaleWhileRevalidate = _stale.WhileRevalidate,
        StaleIfError = _stale.IfError,
        StaleIfUnreachable = _stale.IfUnreachable,
    };

    public VaryKey Vary { get; }

    /// <summary>Whether requests with Authorization get it too.</summary>
    public bool SharesAuthorized { get; }

    /// <summary>When it was made, in milliseconds since 1970: of several that fit a request the latest is used (RFC 9111, section
    /// 4.1).</summary>
    public long Date => ResponseAge.DateOf(Head.Fields, _responseTime);

    /// <summary>Where the answer stands among others.</summary>
    public AnswerOrder Order { get; private init; }

    /// <summary>Whether it says more recently than another what the origin answers (RFC 9111, section 4). An answer that was asked for when
    /// the other had come is the later one, whatever the clocks say; of two that were under way together the later Date decides, then the
    /// later arrival.</summary>
    public bool IsMoreRecentThan(CacheEntry other)
    {
        if (Order.Follows(other.Order) || other.Order.Follows(Order))
            return Order.Follows(other.Order);
        var (date, others) = (Date, other.Date);
        return date != others ? date > others : _responseTime > other._responseTime;
    }

    /// <summary>Bytes the entry is accounted with.</summary>
    public long Cost => Body.AllocatedBytes + Head.Fields.AllocatedBytes + Vary.AllocatedBytes + StoredCost.EntryBytes;

    /// <summary>Whether the origin can be asked if it still holds.</summary>
    public bool HasValidator => CachePolicy.HasValidator(Head.Fields);

    /// <summary>When it is of no use any more, in milliseconds since 1970.</summary>
    public long KeepUntil => Freshness.ResponseTime + Math.Max(1000, Freshness.Lifetime - Freshness.InitialAge)
        + Math.Max(Freshness.StaleWindow, HasValidator ? RevalidationWindow : 0);

    /// <summary>Whether the response was selected by what this request has too.</summary>
    public bool Serves(RequestHead request) =>
        Vary.Matches(request) && (SharesAuthorized || !request.Fields.Contains(KnownField.Authorization));

    /// <summary>Claims the right to refresh it in the background; one at a time has it.</summary>
    /// <param name="now">In seconds of a clock that is never set.</param>
    public bool TryBeginRefresh(long now)
    {
        var next = Volatile.Read(ref _nextRefresh);
        return now >= next && Interlocked.CompareExchange(ref _nextRefresh, int.MaxValue, next) == next;
    }

    /// <summary>Gives the right back.</summary>
    public void EndRefresh(long now) => Volatile.Write(ref _nextRefresh, (int)now + RefreshRetrySeconds);
}
