using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Who waits for an answer; called on its loop's thread.</summary>
internal interface IFetchOwner : IFaultDomain
{
    void OnAnswered(FetchTicket ticket);

    /// <summary>Interim responses wait to be taken. They precede the answer.</summary>
    void OnInterims(FetchTicket ticket);
}

/// <summary>Holds tickets until they have their answer. Callable from any thread.</summary>
internal interface ITicketHolder
{
    /// <summary>A ticket's owner doesn't wait any more.</summary>
    void Leave(FetchTicket ticket);
}

/// <summary>One request's place in the waiting for an answer. It is answered once, from any thread, and tells its owner on the owner's
/// loop.</summary>
/// <remarks>Its many fields are one hand-over: the request goes from the owner's loop to a fetch, and the answer comes back, by one
/// post.</remarks>
/// <param name="reader">Who will read the body; its place counts from the answer on.</param>
internal sealed class FetchTicket(
    RequestHead request, ForwardedClient client, FetchHome home, IFetchOwner owner, IBodySubscriber reader) : IPosted, IInterimOwner
{
    // Written by the owner's loop, read by the thread that hands the ticket to another fetch.
    private volatile bool _left;

    // Written by the thread that hands the ticket on, read by the owner's loop.
    private ITicketHolder? _holder;

    // Written by the thread that answers.
    private volatile bool _answered;

    // Written by the thread that hands the ticket on.
    private int _requests;

    // Made by the origin's thread for the first one, and read by the owner's loop.
    private InterimQueue? _interims;

    public RequestHead Request { get; } = request;

    public ForwardedClient Client { get; } = client;

    /// <summary>Where its owner is.</summary>
    public FetchHome Home { get; } = home;

    public RequestBody? Body { get; init; }

    /// <summary>What the request's Cache-Control asks for, as the table's policy has it.</summary>
    public required RequestDirectives Directives { get; init; }

    /// <summary>How many milliseconds after the request to the origin had left the ticket joined it; 0 for those on whose behalf it
    /// left.</summary>
    public long Lateness { get; private set; }

    /// <summary>The request has cookies or credentials; the table says so.</summary>
    public bool IsOfOne { get; set; }

    /// <summary>The number of the last drawing of a leader that it was in; 0 for none. Written by the thread that hands the ticket
    /// on.</summary>
    public long Drawing { get; set; }

    /// <summary>What the request tells the origin, once that was asked for. Written by the thread that hands the ticket on.</summary>
    public RequestForm? Form { get; set; }

    /// <summary>Why the cache hasn't answered.</summary>
    public CacheReason Reuse { get; set; }

    /// <summary>A stored response the request selects but may not be given without asking; acquired.</summary>
    public CacheEntry? Stale { get; set; }

    /// <summary>The answer, acquired for the owner, with the owner among the readers of its body; null when the origin failed.</summary>
    public Response? Response { get; private set; }

    /// <summary>The tunnel that a response of status 101 opens; the owner's to end from <see cref="TakeTunnel"/> on.</summary>
    public IOriginTunnel? Tunnel { get; private set; }

    public OriginFailure Failure { get; private set; }

    /// <summary>How the answer came about.</summary>
    public CacheNote Note { get; private set; }

    /// <summary>The part of the answer that is asked for, where it has been found already.</summary>
    public FoundPart? Found { get; set; }

    /// <summary>The client's conditions and range are for the cache to answer; otherwise the origin has seen them.</summary>
    public bool IsManaged { get; private set; } = true;

    /// <summary>It waits for what its holder fetches.</summary>
    public void AttachTo(ITicketHolder holder, bool isManaged, long lateness = 0)
    {
        IsManaged = isManaged;
        Lateness = lateness;
        Volatile.Write(ref _holder, holder);
    }

    /// <summary>Counts that its request goes to the origin.</summary>
    /// <returns>False when it has gone there too often.</returns>
    public bool TryLead() => ++_requests <= FetchLimits.RequestsOfOneMaximum;

    /// <summary>Whether it has its answer.</summary>
    public bool IsAnswered => _answered;

    /// <summary>Whether a fetch owes the answer still.</summary>
    public bool WaitsFor(ITicketHolder holder) => !_answered && Volatile.Read(ref _holder) == holder;

    /// <summary>The owner doesn't wait any more. A fetch asks after it was attached: either <see cref="Leave"/> sees the fetch, or the
    /// fetch sees this.</summary>
    public bool HasLeft
    {
        get
        {
            // Pairs with Leave: the fetch was written before this, and the mark is read after it.
            Interlocked.MemoryBarrier();
            return _left;
        }
    }

    /// <summary>Gives back what was found stored for it, where its owner has left. Its fetch calls it when it takes the ticket out of those
    /// who wait: no other thread uses it then.</summary>
    /// <returns>Whether the owner has left.</returns>
    public bool EndIfLeft()
    {
        if (!HasLeft)
            return false;
        TakeStale()?.Response.Release();
        return true;
    }

    /// <summary>Gives the client an interim response, unless it speaks HTTP/1.0, which has none (RFC 9110, section 15.2), or has no room
    /// for it. On the origin's thread.</summary>
    public void GiveInterim(InterimResponse response)
    {
        if (Request.Version == HttpVersion.Http10)
            return;
        if (_interims is null)
            Volatile.Write(ref _interims, new InterimQueue(Home.Mailbox, this));
        _interims.Add(response);
    }

    /// <summary>Takes the interim responses that wait, in order; on the owner's loop.</summary>
    public InterimResponse[] TakeInterims() => Volatile.Read(ref _interims)?.TakeAll() ?? [];

    public void OnInterims()
    {
        if (!_left)
            owner.OnInterims(this);
    }

    public void OnInterimFault()
    {
        if (!_left)
            owner.OnFault();
    }

    /// <summary>Answers with a response.</summary>
    /// <returns>False when its last reference has gone.</returns>
    public bool TryAnswer(Response response, in CacheNote note)
    {
        if (!response.TryAcquire())
            return false;
        response.Body.AddReader(reader);
        Response = response;
        Note = note;
        Done();
        return true;
    }

    /// <summary>Answers with a response that opens a tunnel, on the loop's thread of both.</summary>
    /// <returns>False when the last reference of the response has gone.</returns>
    public bool TrySwitch(Response response, IOriginTunnel tunnel, in CacheNote note)
    {
        Tunnel = tunnel;
        return TryAnswer(response, note);
    }

    /// <summary>Answers with a stored response where the origin has failed, if it may stand in.</summary>
    /// <param name="unreachable">The origin gave no answer; otherwise it answered with an error.</param>
    /// <param name="forwardStatus">The origin's error, or 0 where it gave no answer.</param>
    /// <param name="asked">When the origin was asked, in milliseconds since 1970: waiting for it takes nothing away.</param>
    /// <param name="now">The time now.</param>
    public bool TryAnswerStale(CacheEntry stored, bool unreachable, int forwardStatus, long asked, long now)
    {
        var reason = ReusePolicy.JudgeFailure(stored.Freshness, Directives, unreachable, asked);
        return reason != CacheReason.Stale && TryAnswer(stored.Response, new CacheNote(
            CacheOutcome.Stale, reason, CacheReason.OriginFailed, stored.Freshness.AgeSecondsAt(now), stored.Freshness.TtlSecondsAt(now),
            forwardStatus));
    }

    /// <summary>Answers with what is stored for the request where the origin has failed, if there is something that may stand in.</summary>
    public bool TryAnswerStale(ResponseCache cache, PathRule? rule, bool unreachable, int forwardStatus, long asked, long now)
    {
        if (cache.TryAcquire(Request, rule, out _) is not { } stored)
            return false;
        var answered = TryAnswerStale(stored, unreachable, forwardStatus, asked, now);
        stored.Response.Release();
        return answered;
    }

    public void AnswerFailure(OriginFailure failure)
    {
        Failure = failure;
        Note = new CacheNote(CacheOutcome.Failed, Reuse, CacheReason.OriginFailed);
        Done();
    }

    /// <summary>The owner doesn't wait any more; on its loop's thread.</summary>
    public void Leave()
    {
        _left = true;
        // Pairs with HasLeft: the mark is written before the fetch is read.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _holder) is { } holder)
            holder.Leave(this);
        else
            TakeStale()?.Response.Release();
    }

    public void Run()
    {
        if (!_left)
        {
            owner.OnAnswered(this);
            return;
        }

        Drop();
    }

    /// <summary>The owner has thrown at the answer, which it may have taken or not.</summary>
    public void OnFault()
    {
        if (!_left)
            owner.OnFault();
        Drop();
    }

    /// <summary>Gives the owner the answer.</summary>
    public Response? TakeResponse()
    {
        var response = Response;
        Response = null;
        return response;
    }

    /// <summary>Gives the owner the tunnel that the answer opens.</summary>
    public IOriginTunnel? TakeTunnel()
    {
        var tunnel = Tunnel;
        Tunnel = null;
        return tunnel;
    }

    /// <summary>Gives the stale response away.</summary>
    public CacheEntry? TakeStale()
    {
        var stale = Stale;
        Stale = null;
        return stale;
    }

    private void Drop()
    {
        TakeTunnel()?.Reset();
        if (TakeResponse() is not { } response)
            return;
        response.Body.RemoveReader(reader);
        response.Release();
    }

    private void Done()
    {
        _answered = true;
        try
        {
            TakeStale()?.Response.Release();
        }
        finally
        {
            Home.Mailbox.Post(this);
        }
    }
}
