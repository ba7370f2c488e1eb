using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Fetching;

/// <summary>One request to the origin and those who wait for its answer. Each waiter is judged when the head comes; from then on all read
/// one body. Callable from any thread, but for what is the origin's.</summary>
internal sealed class Fetch : ITicketHolder
{
    private readonly FetchServices _services;
    private readonly FetchPlan _plan;
    private readonly FetchNumbers _numbers;

    // The second of the locks: table, fetch, cache, body. It guards the waiters and the mark, so that whoever joins either waits, or
    // sees the answer, or is turned away.
    private readonly Lock _gate = new();
    private TicketList _waiters;
    private bool _closed;

    // Written by the origin's thread under the gate, read by it without, and by others under the gate.
    private JudgedAnswer? _answer;

    // Written by the origin's thread, under the gate or as the one word it is; read by others under the gate or as that word.
    private CacheEntry? _entry;

    // Those taken out of the waiting who are being answered or sent to other fetches; the origin's thread alone.
    private TicketList _owed;

    /// <param name="revalidation">What the origin is asked about; the fetch releases it.</param>
    /// <param name="sinkOf">Gives what takes the answer.</param>
    /// <param name="leader">Whose request is forwarded; null behind a refresh in the background.</param>
    public Fetch(
        FetchServices services, FetchNumbers numbers, in FetchPlan plan, Revalidation revalidation, Func<Fetch, IOriginSink> sinkOf,
        FetchTicket? leader)
    {
        _services = services;
        _numbers = numbers;
        _plan = plan;
        Revalidation = revalidation;
        Leader = leader;
        // The permit before the look that says whether what the origin is asked about is still stored: a clear comes either before that
        // look, or ends the permit and keeps the answer out of the cache.
        Permit = services.Cache.Permit();
        Times = new AnswerTimes(services.Now, numbers.NextMoment());
        Request = new OriginRequest
        {
            Method = plan.Request.Method,
            MethodText = plan.Request.MethodMemory,
            Target = plan.Route.TargetSent(plan.Request.TargetMemory),
            Fields = services.Fields.Build(plan.Request, plan.Route, plan.Client, plan.IsManaged, plan.Rule?.RequestFields, revalidation),
            Body = plan.Body,
            Route = plan.Route,
            ExpectsContinue = plan.Request.ExpectsContinue,
            AcceptsTrailers = plan.Request is { AcceptsTrailers: true, WebSocket: null } && !plan.IsManaged,
            WithheldTrailers = plan.Rule?.RequestFields?.Names ?? FieldNames.None,
            WebSocket = plan.Request.WebSocket,
        };
        Sink = sinkOf(this);
    }

    public ref readonly FetchPlan Plan => ref _plan;

    /// <summary>What the origin is asked about.</summary>
    public Revalidation Revalidation { get; }

    /// <summary>Whose request is forwarded; null behind a refresh in the background.</summary>
    public FetchTicket? Leader { get; }

    public OriginRequest Request { get; }

    public AnswerTimes Times { get; }

    /// <summary>The right to store the answer.</summary>
    public StorePermit Permit { get; }

    /// <summary>Takes the answer, on the origin's thread.</summary>
    public IOriginSink Sink { get; }

    /// <summary>What arrives, once it has begun to; on the origin's thread.</summary>
    public Response? Response => _answer?.Response;

    /// <summary>What of it is to be stored; null where nothing is.</summary>
    public CacheEntry? Entry => Volatile.Read(ref _entry);

    /// <summary>The answer can't be shared, nor, it is taken, the next for the same key.</summary>
    public bool IsUnshareable
    {
        get
        {
            using (_gate.Enter(LockRank.Fetch))
                return _answer is { Verdict.Remembers: true };
        }
    }

    /// <summary>Those who wait for the answer or read its body.</summary>
    public int Subscribers
    {
        get
        {
            using (_gate.Enter(LockRank.Fetch))
                return _waiters.Count + (_answer?.Response.Body.ReaderCount ?? 0);
        }
    }

    /// <summary>Everything was forgotten since the fetch was made: its answer isn't stored, and nobody joins it any more.</summary>
    public bool IsOfAnotherEra => _services.Cache.Era != Permit.Era;

    /// <summary>Nobody gains by an answer for which nobody waits.</summary>
    private bool IsVain => !Plan.MayBeStored || _numbers.Active > _services.UnwatchedMaximum;

    /// <summary>Takes those who wait from the beginning, the leader among them.</summary>
    public void Attach(params ReadOnlySpan<FetchTicket> waiters)
    {
        // Until here they belong to who made this fetch. The first that knows of it may leave at once, the others waiting.
        using (_gate.Enter(LockRank.Fetch))
            _waiters.AddRange(waiters);

        foreach (var waiter in waiters)
            waiter.AttachTo(this, Plan.IsManaged);
    }

    /// <summary>Sends the request from its home, on any thread.</summary>
    public void Start()
    {
        bool isAbandoned;
        // A waiter that was handed on from another fetch may have left that one before it knew of this.
        using (_gate.Enter(LockRank.Fetch))
            _closed |= isAbandoned = _waiters.EndThoseWhoLeft() && _waiters.Count == 0 && IsVain;
        if (isAbandoned)
            Request.Cancel();
        Plan.Home.Origin.Start(Request, Sink);
    }

    /// <summary>Adds a waiter, or answers it from what is arriving.</summary>
    /// <returns>False when it must fetch for itself.</returns>
    public bool TryJoin(FetchTicket ticket)
    {
        // Over the answer too: the entry isn't given up between the look and the reference.
        using (_gate.Enter(LockRank.Fetch))
        {
            // The answer to HEAD has no body.
            if (_closed || _answer is { Response.Body.HasFailed: true }
                || (Plan.Request.Method == KnownMethod.Head && ticket.Request.Method != KnownMethod.Head))
                return false;
            if (_answer is not { } answer)
            {
                ticket.Reuse = Plan.Reuse;
                ticket.AttachTo(this, Plan.IsManaged, Math.Max(1, _services.Now - Times.AskedAt));
                _waiters.Add(ticket);
                return true;
            }

            var now = _services.Now;
            return _entry is { } entry && entry.Serves(ticket.Request)
                && ReusePolicy.Judge(entry.Freshness, ticket.Directives, now) == CacheReason.Fresh
                && ticket.TryAnswer(entry.Response, answer.NoteOfJoined(now));
        }
    }

    public void Leave(FetchTicket ticket)
    {
        // Whoever takes the ticket out owes it the end: this, or the thread that answers.
        using (_gate.Enter(LockRank.Fetch))
        {
            if (!_waiters.Remove(ticket))
                return;
            ticket.EndIfLeft();
            if (_waiters.Count > 0 || !IsVain)
                return;
            // Its end takes a while, in which nobody is to join what is given up.
            _closed = true;
        }

        Request.Cancel();
    }

    /// <summary>What is arriving was changed by another request: it isn't stored, and nobody joins any more.</summary>
    public void Invalidate()
    {
        Permit.Revoke();
        using (_gate.Enter(LockRank.Fetch))
            _closed = true;
    }

    /// <summary>Gives those who wait an interim response; who joins later gets the next. On the origin's thread.</summary>
    /// <param name="isForAll">All get it who sent neither cookies nor credentials; otherwise the leader alone does.</param>
    public void GiveInterim(InterimResponse response, bool isForAll)
    {
        using (_gate.Enter(LockRank.Fetch))
            _waiters.GiveInterim(response, Leader, isForAll);
    }

    /// <summary>Lets a response begin to arrive: whoever comes from now on joins it or is turned away. On the origin's thread.</summary>
    /// <param name="answer">It has the reference to the response.</param>
    /// <param name="divide">Answers those who wait, or takes note of who isn't; under the gate, so that none of them leaves.</param>
    public void BeginAnswer(JudgedAnswer answer, Action<FetchTicket[]> divide)
    {
        using (_gate.Enter(LockRank.Fetch))
        {
            Begin(answer);
            divide(_owed.ToArray());
            _waiters = default;
        }
    }

    /// <summary>The same where the one whose request was forwarded is the only one who waits, as behind most fetches: it is
    /// answered.</summary>
    /// <returns>False where there are others, or it has left.</returns>
    public bool TryBeginForLeader(JudgedAnswer answer)
    {
        using (_gate.Enter(LockRank.Fetch))
        {
            if (_waiters.Only is not { } only || only != Leader)
                return false;
            Begin(answer);
            only.TryAnswer(answer.Response, answer.Note);
            _waiters = default;
            return true;
        }
    }

    /// <summary>Lets nobody join what is arriving any more, unless somebody reads it. Callable from any thread.</summary>
    public bool TryCloseUnread()
    {
        using (_gate.Enter(LockRank.Fetch))
            return _answer is { Response.Body.ReaderCount: 0 } && (_closed = true);
    }

    /// <summary>Lets nobody join any more; on the origin's thread.</summary>
    /// <returns>Those who wait.</returns>
    public FetchTicket[] TakeWaiters()
    {
        using (_gate.Enter(LockRank.Fetch))
        {
            _closed = true;
            _owed = _waiters;
            _waiters = default;
            return _owed.ToArray();
        }
    }

    /// <summary>Takes all who have no answer yet, after a fault: those who wait, and those who were being answered or sent to other
    /// fetches. A fault amid the answers leaves both lists with the same tickets.</summary>
    public FetchTicket[] TakeUnanswered()
    {
        using (_gate.Enter(LockRank.Fetch))
        {
            _closed = true;
            FetchTicket[] unanswered = [.. _owed.ToArray().Union(_waiters.ToArray()).Where(ticket => ticket.WaitsFor(this))];
            _waiters = default;
            _owed = default;
            return unanswered;
        }
    }

    /// <summary>Answers the one whose request was forwarded, if it waits still.</summary>
    /// <param name="answer">Answers it, under the gate, so that it doesn't leave meanwhile.</param>
    /// <returns>Whether it was answered.</returns>
    public bool TryAnswerLeader(Func<FetchTicket, bool> answer)
    {
        using (_gate.Enter(LockRank.Fetch))
            return Leader is not null && _waiters.Contains(Leader) && answer(Leader) && _waiters.Remove(Leader);
    }

    /// <summary>All who were taken out of the waiting have an answer or another fetch; on the origin's thread.</summary>
    public void OweNobody() => _owed = default;

    /// <summary>Doesn't store what is arriving; on the origin's thread.</summary>
    public void DropEntry() => Volatile.Write(ref _entry, null);

    /// <summary>Doesn't store what is arriving, and lets nobody join it any more; on the origin's thread.</summary>
    public void Close()
    {
        // Both at once: who joins gets what is whole in the end.
        using (_gate.Enter(LockRank.Fetch))
        {
            _closed = true;
            if (_answer is { Entry: not null } answer)
                _answer = answer with { Entry = null };
            Volatile.Write(ref _entry, null);
        }
    }

    /// <summary>Lets an answer be seen; under the gate.</summary>
    private void Begin(JudgedAnswer answer)
    {
        _owed = _waiters;
        // Nobody joins what isn't stored: what only the cache would need isn't kept for as long as clients read.
        _answer = answer is { IsStored: false, Entry: not null } ? answer with { Entry = null } : answer;
        _entry = answer.IsStored ? answer.Entry : null;
        _closed |= !answer.Verdict.IsShareable || !answer.IsStored;
    }
}
