using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Origin;

/// <summary>One request to the origin and those who wait for its answer. Each waiter is judged when the head comes; from then on all read one body.</summary>
internal sealed class Fetch : IOriginSink, IBodyProducer
{
    private readonly FetchTable _table;
    private readonly FetchTicket _leader;
    private readonly List<FetchTicket> _waiters = [];
    private readonly Lock _gate = new();
    private readonly OriginRequest _request;
    private readonly CacheEntry? _stale;
    private readonly long _requestTime;
    private StoredResponse? _response;
    private CacheEntry? _entry;
    private bool _closed;

    /// <param name="key">Under which others may join, or null for a fetch alone.</param>
    public Fetch(FetchTable table, string? key, FetchTicket leader)
    {
        _table = table;
        _leader = leader;
        Key = key;
        _waiters.Add(leader);
        leader.AttachTo(this);
        _stale = leader.Stale;
        leader.Stale = null;
        _requestTime = table.Now;
        _request = new OriginRequest
        {
            Method = leader.Request.Method,
            MethodText = leader.Request.MethodText.ToArray(),
            Target = leader.Request.Target.ToArray(),
            Fields = table.Fields.Build(leader.Request, leader.Client, shared: key is not null),
            Body = leader.Body,
        };
        if (_stale is not null)
            AddConditions(_request.Fields, _stale.Head.Fields);
    }

    public string? Key { get; }

    /// <summary>Those who wait for the answer or read its body.</summary>
    public int Subscribers
    {
        get
        {
            lock (_gate)
                return _waiters.Count + (_response?.Body.ReaderCount ?? 0);
        }
    }

    public void Start() => _table.Origin.Start(_request, this);

    /// <summary>Adds a waiter, or answers it from what is arriving.</summary>
    /// <returns>False when it must fetch for itself.</returns>
    public bool TryJoin(FetchTicket ticket)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            if (_response is null)
            {
                ticket.Outcome = CacheOutcome.Joined;
                ticket.AttachTo(this);
                _waiters.Add(ticket);
                return true;
            }

            if (_entry is not { } entry || !entry.Serves(ticket.Request))
                return false;
            ticket.Outcome = CacheOutcome.Joined;
            return ticket.TryAnswer(_response, entry.Freshness.AgeAt(_table.Now));
        }
    }

    public void Leave(FetchTicket ticket)
    {
        lock (_gate)
        {
            // An unanswered fetch that could never be stored is for its leader alone.
            if (!_waiters.Remove(ticket) || _waiters.Count > 0 || ticket.Request.Method == KnownMethod.Get)
                return;
        }

        _request.Cancel();
    }

    public void OnInterim(ResponseHead head)
    {
        // Interim answers concern the hop to the origin: the client's expectation was met by this proxy.
    }

    public void OnHead(ResponseHead head)
    {
        var now = _table.Now;
        if (head.Status == 304 && _stale is not null)
        {
            AnswerRevalidated(ForwardedHead.Update(_stale.Head, head), now);
            return;
        }

        var mayStore = _table.Policy.MayStore(_leader.Request, head, _requestTime, now, out var freshness);
        _table.Invalidate(_leader.Request, head.Status);
        long? length = head.Framing switch
        {
            BodyFraming.Length => head.ContentLength,
            BodyFraming.None => 0,
            _ => null,
        };
        var body = new StoredBody(_table.Pool, length, this);
        var bodiless = _leader.Request.Method == KnownMethod.Head;
        var bytes = ForwardedHead.Format(head, keepLength: bodiless, keepAge: !mayStore);
        var response = new StoredResponse(head.Status, bytes, head.Fields.Contains(KnownField.Date), body, lengthInHead: bodiless);
        var entry = mayStore
            ? new CacheEntry(response, head, freshness, VaryKey.Of(head, _leader.Request),
                CachePolicy.MayShareAuthorized(CacheControl.Read(head.Fields)))
            : null;
        var outgrown = length > _table.ObjectMaximum;
        if (!mayStore || outgrown)
            body.LimitToWindow(FetchTable.WindowBytes);
        Release(response, entry, outgrown, now);
    }

    public OriginFlow OnData(ReadOnlySpan<byte> data)
    {
        if (_response is not { } response)
            return OriginFlow.Continue;
        var body = response.Body;
        if (!body.Append(data))
        {
            _request.Cancel();
            return OriginFlow.Continue;
        }

        if (!body.IsWindowed && body.Available > _table.ObjectMaximum)
            Outgrow(body);
        return body.MustWait() ? OriginFlow.Wait : OriginFlow.Continue;
    }

    public void OnTrailers(FieldTable trailers)
    {
        // Trailers may be dropped by whoever forwards a message (RFC 9110, section 6.5.1); a stored body has none.
    }

    public void OnEnd()
    {
        if (_response is { } response)
        {
            if (!response.Body.HasFailed)
                response.Body.Complete();
            if (_entry is { } entry && response.Body.IsComplete)
                _table.Cache.Store(_leader.Request, entry, _table.Now);
        }

        Close(OriginFailure.NoResponse);
    }

    public void OnFailed(OriginFailure failure)
    {
        if (_response is { Body: { HasFailed: false } body })
            body.Fail();
        Close(failure);
    }

    public void OnRoom() => _request.Resume();

    public void OnReadersGone()
    {
        if (Volatile.Read(ref _entry) is null)
            _request.Cancel();
    }

    /// <summary>Gives the arriving answer to those it is for, and sends the others to their own fetches, all at once.</summary>
    private void Release(StoredResponse response, CacheEntry? entry, bool outgrown, long now)
    {
        FetchTicket[] others;
        lock (_gate)
        {
            _response = response;
            _entry = outgrown ? null : entry;
            _closed = entry is null || outgrown;
            others = [.. _waiters.Where(waiter => !(waiter == _leader || entry?.Serves(waiter.Request) == true))];
            foreach (var waiter in _waiters.Except(others))
            {
                if (entry is null && waiter.Outcome == CacheOutcome.Miss)
                    waiter.Outcome = CacheOutcome.Pass;
                waiter.TryAnswer(response, entry?.Freshness.AgeAt(now) ?? -1);
            }

            _waiters.Clear();
        }

        if (entry is null || outgrown)
            _table.Retire(this, remember: Key is not null);
        foreach (var other in others)
            _table.StartAlone(other);
        if (_closed && response.Body.ReaderCount == 0)
            _request.Cancel();
    }

    private void AnswerRevalidated(ResponseHead head, long now)
    {
        var stale = _stale!;
        var mayStore = _table.Policy.MayStore(_leader.Request, head, _requestTime, now, out var freshness);
        // The reference of the stale entry passes to the refreshed response.
        var bytes = ForwardedHead.Format(head, keepLength: false, keepAge: false);
        var response = new StoredResponse(head.Status, bytes, head.Fields.Contains(KnownField.Date), stale.Response.Body);
        var entry = stale with { Response = response, Head = head, Freshness = freshness };
        if (mayStore)
            _table.Cache.Store(_leader.Request, entry, now);
        else
            _table.Cache.Remove(_leader.Request);
        FetchTicket[] waiters;
        lock (_gate)
        {
            _closed = true;
            waiters = [.. _waiters];
            _waiters.Clear();
        }

        _table.Retire(this, remember: false);
        foreach (var waiter in waiters)
        {
            waiter.Outcome = CacheOutcome.Revalidated;
            if (!entry.Serves(waiter.Request) && waiter != _leader)
                _table.StartAlone(waiter);
            else
                waiter.TryAnswer(response, freshness.AgeAt(now));
        }
    }

    private void Outgrow(StoredBody body)
    {
        lock (_gate)
        {
            _closed = true;
            Volatile.Write(ref _entry, null);
        }

        body.LimitToWindow(FetchTable.WindowBytes);
        _table.Retire(this, remember: Key is not null);
        if (body.ReaderCount == 0)
            _request.Cancel();
    }

    private void Close(OriginFailure failure)
    {
        FetchTicket[] waiters;
        lock (_gate)
        {
            _closed = true;
            waiters = [.. _waiters];
            _waiters.Clear();
        }

        _table.Retire(this, remember: false);
        foreach (var waiter in waiters)
            waiter.AnswerFailure(failure);
        _response?.Release();
        _stale?.Response.Release();
        _table.OnFetchEnded(this);
    }

    private static void AddConditions(FieldTable fields, FieldTable stored)
    {
        if (stored.TryGet(KnownField.ETag, out var tag))
            fields.Add("If-None-Match"u8, tag);
        if (stored.TryGet(KnownField.LastModified, out var date))
            fields.Add("If-Modified-Since"u8, date);
    }
}
