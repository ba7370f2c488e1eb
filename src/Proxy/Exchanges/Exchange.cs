using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Telemetry.Logging;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>One request and its response, one after the other: decides who answers it, the proxy itself, the cache or the origin, and how
/// long that may take. Its protocol turns the client's bytes into requests, and responses into bytes.</summary>
internal sealed class Exchange : IFetchOwner
{
    private readonly ExchangeServices _services;
    private readonly Peer _peer;
    private readonly IExchangeOwner _owner;
    private readonly RequestTrace? _trace;
    private readonly Answer _answer;
    private readonly ResponderCall _responder;
    private ExchangeLife _life;

    public Exchange(ExchangeServices services, Peer peer, IExchangeOwner owner)
    {
        _services = services;
        _peer = peer;
        _owner = owner;
        _trace = services.AccessLog is null ? null : new RequestTrace(services.Segments);
        _answer = new Answer(services, owner, _trace);
        _responder = new ResponderCall(services, owner, _answer);
        Upload = new Upload(services, owner);
        Upgrade = new Upgrade(services);
    }

    /// <summary>Reads the response that the exchange answers with.</summary>
    public BodyReader Reader => _answer.Reader;

    /// <summary>The request's body.</summary>
    public Upload Upload { get; }

    /// <summary>What becomes of the request's offer to switch protocols.</summary>
    public Upgrade Upgrade { get; }

    /// <summary>A request is under way.</summary>
    public bool IsUnderWay => _life.HasAsked || _responder.IsWaiting || _answer.IsUnderWay;

    /// <summary>A request waits for its response.</summary>
    public bool IsWaiting => IsUnderWay && !IsResponding;

    /// <summary>A response is on its way.</summary>
    public bool IsResponding => _answer.IsUnderWay;

    /// <summary>The client can send requests from now on.</summary>
    public void OnConnected()
    {
        _trace?.OnAccepted(_peer.AcceptedAt);
        _trace?.OnReady(_peer.ReadyAt);
    }

    private SentBody SentBody => Upgrade.ReceivedBytes < 0 ? Reader.Sent : new SentBody(Upgrade.SentBytes, Arrived: 0);

    /// <summary>Begins to answer a request.</summary>
    /// <param name="head">Used within the call alone.</param>
    public void Begin(RequestHead head)
    {
        _services.Counters.CountRequest();
        _life.Times.OnHead(_services.Loop.Now);
        _trace?.OnHead(head, _services.Loop.ReadClock());
        ForwardedTrust.Apply(head, _peer);
        _services.ClientFields.Apply(head, _peer.Identity);
        _answer.Expect(head.Method);
        if (head.NamesHttps && !head.IsHttps)
            Refuse(Refusal.HttpsInClear);
        else if (_services.Responses.Find(head) is { } local)
            _answer.GiveLocal(local, CacheNote.Own(CacheReason.OwnAnswer));
        else if (_peer.IsRedirected && head.Host.IsEmpty)
            Refuse(Refusal.MissingHost);
        else if (_peer.IsRedirected)
            _responder.Ask(_services.Redirection!, head, CacheReason.Redirected);
        else if (_services.Responder is { } responder)
            _responder.Ask(responder, head, CacheReason.OwnAnswer);
        else if (_peer.Names is { } names && MisdirectedRequest.Check(head.Host, names, _peer.NamedServer))
            Refuse(Refusal.Misdirected);
        else if (Upgrade.Begin(head) is not Refusal.None and var refusal)
            Refuse(refusal);
        else if (head is not { HasBody: false, WebSocket: null, Method: KnownMethod.Get or KnownMethod.Head }
            || !CacheLookup.TryAnswer(_services, _peer, head, _answer))
            Forward(head);
    }

    /// <summary>Answers a request that can't be served.</summary>
    /// <param name="received">The bytes in place of a head, for the log.</param>
    public void Refuse(Refusal refusal, ReadOnlySpan<byte> received = default)
    {
        _services.Counters.CountRefused();
        _trace?.OnRefused(received, _services.Loop.ReadClock());
        _answer.GiveLocal(_services.Responses.Of(refusal), CacheNote.Own(CacheReason.Refused));
    }

    /// <summary>The same for a request of which no more than the method is known.</summary>
    public void Refuse(Refusal refusal, KnownMethod method, ReadOnlySpan<byte> received)
    {
        _answer.Expect(method);
        Refuse(refusal, received);
    }

    public void OnAnswered(FetchTicket ticket)
    {
        _life.Ticket = null;
        _life.Times.OnOriginAnswered(_services.Counters.Latencies, _services.Loop.Now);
        _trace?.OnOriginAnswered(_services.Loop.ReadClock());
        _life.Answered = ticket;
        GoOn();
    }

    public void OnInterims(FetchTicket ticket)
    {
        // A fault may have answered the ticket meanwhile.
        if (ticket == _life.Ticket)
            GoOn();
    }

    /// <summary>Interim responses have left: others, or the final one, may begin.</summary>
    public void OnInterimSent()
    {
        Watch();
        GoOn();
    }

    /// <summary>The client's side has taken bytes of the response.</summary>
    public void OnBytesSent()
    {
        _trace?.OnSent(_services.Loop.Now);
        _life.Times.OnSent(_services.Counters.Latencies, _services.Loop.Now);
    }

    /// <summary>The request's body is over: the origin has deadlines of its own.</summary>
    public void OnUploaded()
    {
        Upload.End();
        if (IsWaiting)
            Watch();
    }

    /// <summary>The time that <see cref="IExchangeOwner.Arm"/> set has passed.</summary>
    public void OnDeadline()
    {
        if (IsWaiting)
            OnWaitDeadline();
        else
            _answer.OnDeadline(Upload.IsTooSlow);
    }

    /// <summary>The whole response has left: the request is over.</summary>
    public void Complete()
    {
        _services.Counters.CountSent(_answer.SentBytes);
        _life.Times.OnComplete(_services.Counters.Latencies, _services.Loop.Now);
        Log();
        _answer.End();
        Upgrade.End();
        _life = default;
    }

    /// <summary>The response can't be finished.</summary>
    public void OnCut()
    {
        _services.Counters.CountFailed();
        _owner.Abort();
    }

    /// <summary>The client's side ends: writes the line of a response that doesn't come to its end, and gives up what others do for the
    /// request.</summary>
    public void Leave()
    {
        if (_trace is { IsUnderWay: true } && _peer.HasAddress)
            Log();
        LeaveFetch();
    }

    /// <summary>Gives up what others do for the request.</summary>
    public void LeaveFetch()
    {
        _owner.AbortBody();
        Upload.End();
        _life.Ticket?.Leave();
        _life.Ticket = null;
        _responder.Leave();
        Upgrade.Leave();
        _answer.Leave();
        // An answer that waited for the interim response to leave is given back as the ticket would do it.
        if (_life.Answered is { } answered)
        {
            answered.Leave();
            answered.Run();
        }

        _life.Answered = null;
    }

    /// <summary>The one place where what belongs to a connection ends; none of the response's bytes is in flight.</summary>
    public void End()
    {
        LeaveFetch();
        _answer.End();
        Upgrade.End();
        _trace?.Reset();
        _life = default;
    }

    /// <summary>The same after a fault, when <see cref="LeaveFetch"/> has been tried: each step, whatever became of those before.</summary>
    /// <param name="place">What the log calls it.</param>
    public void Discard(string place)
    {
        var faults = _services.Loop.Faults;
        faults.Attempt(place, _answer, static answer => answer.End());
        faults.Attempt(place, Upgrade, static upgrade => upgrade.End());
        faults.Attempt(place, _trace, static trace => trace?.Reset());
        _life = default;
    }

    public void OnFault() => _owner.OnFault();

    private void Forward(RequestHead head)
    {
        _life.HasAsked = true;
        _life.Times.OnAsked(_services.Loop.Now);
        _owner.Disarm();
        Reader.Rewind();
        var body = head.HasBody ? Upload.Begin(head) : null;
        var directives = _services.Fetches.Services.Policy.DirectivesOf(head.Fields);
        _life.Ticket = new FetchTicket(head.Detach(), _peer.Forwarded, _services.Home, this, Reader)
        {
            Body = body,
            Directives = directives,
        };
        _trace?.OnAsked(_services.Loop.ReadClock());
        _services.Fetches.Request(_life.Ticket);
    }

    /// <summary>Sends the client what comes next: interim responses that wait for it, or the final one behind them.</summary>
    private void GoOn()
    {
        if (_owner.IsSending || (_life.Answered ?? _life.Ticket) is not { } ticket)
            return;
        var interims = ticket.TakeInterims();
        if (interims.Length > 0 && _owner.TrySendInterims(interims))
        {
            _services.Counters.CountInterims(interims.Length);
            Watch();
        }
        else if (_life.Answered is not null)
        {
            _life.Answered = null;
            Upgrade.OnAnswered(ticket);
            _answer.GiveFetched(ticket);
        }
    }

    /// <summary>Looks after a request that waits: how its body comes, or whether its client takes interim responses.</summary>
    private void Watch()
    {
        if (Upload.IsUnderWay)
            _owner.Arm(_services.Deadlines.BodyLook);
        else if (_owner.IsSending)
            _owner.Arm(_services.Deadlines.Write);
        else
            _owner.Disarm();
    }

    /// <summary>The request has no answer yet. The origin has deadlines of its own.</summary>
    private void OnWaitDeadline()
    {
        if (!_responder.IsWaiting && !Upload.IsTooSlow && (Upload.IsUnderWay || !_owner.IsSending))
        {
            Watch();
            return;
        }

        _services.Counters.CountDeadline();
        var refusal = _responder.IsWaiting ? Refusal.AnswerTimeout : Refusal.BodyTimeout;
        LeaveFetch();
        if (_owner.IsSending)
            _owner.Abort();
        else
            Refuse(refusal);
    }

    private void Log() => _trace?.Write(
        _services.AccessLog!, _services.LogLine, _peer.Logged, _answer.SentBytes, SentBody, Upgrade.ReceivedBytes,
        _services.Loop.ReadClock());
}
