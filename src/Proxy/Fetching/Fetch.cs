using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching;

/// <summary>One request to the origin and those who wait for its answer. Each waiter is judged when the head comes; from then on all read one body.</summary>
internal sealed partial class Fetch : IOriginSink, IBodyProducer
{
    private readonly FetchTable _table;
    private readonly FetchPlan _plan;
    private readonly Revalidation _revalidation;
    private readonly FetchTicket? _leader;
    private readonly List<FetchTicket> _waiters = [];
    private readonly Lock _gate = new(); // After the table's lock, before the cache's. Guards the waiters and what they may join.
    private readonly OriginRequest _request;
    private readonly long _requestTime, _asked;

    // The origin's thread alone; what it holds are bytes taken from the budget of arriving bodies.
    private long _came, _madeAt, _held;

    // Written by the origin's thread under the gate, read by it without, and by others under the gate or as the one word it is.
    private Response? _response;
    private CacheEntry? _entry;

    // Guarded by the gate, as the waiters are.
    private bool _closed, _isUnshareable, _invalidated;

    /// <param name="revalidation">What the origin is asked about; the fetch releases it.</param>
    /// <param name="waiters">Those who wait from the beginning; the first began it. There are none behind a refresh in the background.</param>
    public Fetch(FetchTable table, FetchPlan plan, Revalidation revalidation, params ReadOnlySpan<FetchTicket> waiters)
    {
        _table = table;
        _plan = plan;
        _revalidation = revalidation;
        _leader = waiters.IsEmpty ? null : waiters[0];
        _requestTime = table.Now;
        _asked = table.NextMoment();
        _request = new OriginRequest
        {
            Method = plan.Request.Method,
            MethodText = plan.Request.MethodText.ToArray(),
            Target = plan.Request.Target.ToArray(),
            Fields = table.Fields.Build(plan.Request, plan.Client, shared: plan.IsManaged, plan.Rule?.RequestFields),
            Body = plan.Body,
            ExpectsContinue = plan.Request.ExpectsContinue,
            AcceptsTrailers = plan.Request.AcceptsTrailers && !plan.IsManaged,
        };
        revalidation.AddConditions(_request.Fields);
        // Last: until here they belong to who makes this fetch. The first that knows of it may leave at once, the others waiting.
        lock (_gate)
            _waiters.AddRange(waiters);
        foreach (var waiter in waiters)
            waiter.AttachTo(this);
    }

    public FetchPlan Plan => _plan;

    /// <summary>Where the answer stands among others, once its head has come; on the origin's thread.</summary>
    public AnswerOrder Order => new(_asked, _came);

    /// <summary>The answer can't be shared, nor, it is taken, the next for the same key.</summary>
    public bool IsUnshareable
    {
        get
        {
            lock (_gate)
                return _isUnshareable;
        }
    }

    /// <summary>Those who wait for the answer or read its body.</summary>
    public int Subscribers
    {
        get
        {
            lock (_gate)
                return _waiters.Count + (_response?.Body.ReaderCount ?? 0);
        }
    }

    /// <summary>Nobody gains by an answer for which nobody waits.</summary>
    private bool IsVain => !_plan.MayBeStored || _table.IsCrowded;

    public void Start()
    {
        bool isAbandoned;
        // A waiter that was handed on from another fetch may have left that one before it knew of this.
        lock (_gate)
            _closed |= isAbandoned = _waiters.RemoveAll(static waiter => waiter.EndIfLeft()) > 0 && _waiters.Count == 0 && IsVain;
        if (isAbandoned)
            _request.Cancel();
        _table.Origin.Start(_request, this);
    }

    /// <summary>Gives the request up; callable from any thread.</summary>
    public void Cancel() => _request.Cancel();

    /// <summary>Whether the stored responses that the origin is asked about are still stored.</summary>
    public bool AsksAboutStored(ResponseCache cache) => _revalidation.IsAboutStored(cache, _plan.Key);

    /// <summary>Adds a waiter, or answers it from what is arriving.</summary>
    /// <returns>False when it must fetch for itself.</returns>
    public bool TryJoin(FetchTicket ticket)
    {
        lock (_gate)
        {
            // The answer to HEAD has no body.
            if (_closed || _response is { Body.HasFailed: true }
                || (_plan.Request.Method == KnownMethod.Head && ticket.Request.Method != KnownMethod.Head))
                return false;
            if (_response is null)
            {
                ticket.Reuse = _plan.Reuse;
                ticket.AttachTo(this, Math.Max(1, _table.Now - _requestTime));
                _waiters.Add(ticket);
                return true;
            }

            var now = _table.Now;
            return _entry is { } entry && MayShare(entry, ticket, now) && ticket.TryAnswer(entry.Response, NoteOfJoined(entry, CacheReason.Stored, now));
        }
    }

    public void Leave(FetchTicket ticket)
    {
        lock (_gate)
        {
            if (!_waiters.Remove(ticket))
                return;
            ticket.EndIfLeft();
            if (_waiters.Count > 0 || !IsVain)
                return;
            // Its end takes a while, in which nobody is to join what is given up.
            _closed = true;
        }

        _request.Cancel();
    }

    /// <summary>What is arriving was changed by another request: it isn't stored, and nobody joins any more.</summary>
    public void Invalidate()
    {
        lock (_gate)
            _closed = _invalidated = true;
    }

    public void OnInterim(ResponseHead head)
    {
        // Interim answers concern the hop to the origin: the client's expectation was met by this proxy.
    }

    public OriginFlow OnData(ReadOnlySpan<byte> data)
    {
        if (_response is not { } response)
            return OriginFlow.Continue;
        var body = response.Body;
        if (body.HasFailed)
            return OriginFlow.Continue;
        var length = body.TotalLength ?? body.Available + data.Length;
        if (!body.IsWindowed && length > BodyWindow.ScarceBytes && _table.Window.IsScarce(_table.Pool))
            Outgrow(body, remember: false);
        if (!body.Append(data))
        {
            // More than was announced, or more than there is memory for: nothing of it is kept.
            _part = null;
            Volatile.Write(ref _entry, null);
            _request.Cancel();
            return OriginFlow.Continue;
        }

        if (body.IsComplete)
            return OriginFlow.Continue;
        if (!body.IsWindowed && body.Available > _table.ObjectMaximum)
            Outgrow(body, remember: _plan.IsShared);
        else if (!body.IsWindowed && !TryHold(body.AllocatedBytes - _held))
            Outgrow(body, remember: false);
        return body.MustWait() ? OriginFlow.Wait : OriginFlow.Continue;
    }

    public void OnTrailers(FieldTable trailers)
    {
        // They go to those who read the body while it arrives and have asked for them; whoever gets it from the cache gets its length instead.
        if (_response is { } response)
            response.Body.SetTrailers(trailers);
    }

    public void OnEnd()
    {
        if (_response is { Body: { HasFailed: false } body })
            body.Complete();
        Close(OriginFailure.NoResponse);
    }

    public void OnFailed(OriginFailure failure)
    {
        var (cause, hasClients, isCovered) = (failure, Subscribers > 0, _plan.IsRefresh);
        if (_response is { Body: { HasFailed: false, IsComplete: false } body })
        {
            // Out of the table first: who is cut may ask again at once, and isn't to join what has failed, but to get what has come.
            _table.Retire(this, remember: false);
            StorePart(body, body.Available);
            body.Fail();
        }

        if (_response is null && OriginFailures.IsUnreachable(failure))
        {
            if (AnswerStale(failure, forwardStatus: 0))
                isCovered = true;
            else if (_revalidation.Selected is { Freshness.ForbidsStale: true })
                failure = OriginFailure.Unconfirmed;
        }

        // First: a client that has its answer finds the line in the log.
        _table.Troubles.Note(cause, _request.Trouble, OriginTroubles.Outcome(_response is not null, isCovered, hasClients, failure));
        Close(failure);
    }

    public void OnWhole()
    {
        // Only a whole body is stored (RFC 9111, section 3.3). A client that has it all finds it stored when it asks again.
        if (_entry is { } entry)
            Store(entry);
        else if (_response is { Body: { TotalLength: { } length } body })
            StorePart(body, length);
    }

    public void OnRoom() => _request.Resume();

    public void OnReadersGone()
    {
        if (Volatile.Read(ref _entry) is null)
            _request.Cancel();
    }

    private void Store(CacheEntry entry)
    {
        // Under the gate, so that an invalidation comes either before and is seen, or after and removes what is stored here.
        var now = _table.Now;
        lock (_gate)
        {
            if (_invalidated)
                return;
            _table.Cache.Store(_plan.Key, entry, now);
        }

        if (entry.Freshness.WasFreshWhenAsked)
            _table.OnStored(_plan.Key);
    }

    private bool TryHold(long bytes)
    {
        if (bytes > 0 && !_table.Arriving.TryTake(bytes))
            return false;
        _held += bytes;
        return true;
    }

    /// <summary>Goes on through a window, for those who read already.</summary>
    /// <param name="remember">The next answer for the key will be as large.</param>
    private void Outgrow(Body body, bool remember)
    {
        ReturnHeld();
        lock (_gate)
        {
            _closed = true;
            Volatile.Write(ref _entry, null);
        }

        body.LimitToWindow(_table.Window);
        _table.Retire(this, remember);
        if (body.ReaderCount == 0)
            _request.Cancel();
    }

    private void ReturnHeld()
    {
        _table.Arriving.Return(_held);
        _held = 0;
    }

    private void Close(OriginFailure failure)
    {
        ReturnHeld();
        FailWaiters(failure);
        Release();
    }

    /// <summary>Lets nobody join any more.</summary>
    /// <returns>Those who wait.</returns>
    private FetchTicket[] TakeWaiters()
    {
        lock (_gate)
        {
            _closed = true;
            _owed = [.. _waiters];
            _waiters.Clear();
            return _owed;
        }
    }
}
