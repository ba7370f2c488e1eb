using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections;

/// <content>How a request is answered: by the proxy itself, from the cache, or by the origin.</content>
internal sealed partial class ClientConnection
{
    private void Answer(RequestHead head)
    {
        _worker.Counters.CountRequest();
        _trace?.OnHead(head, _worker.Loop.ReadClock());
        RemoveUnbelieved(head);
        head.IsHttps = IsHttps(head);
        _worker.Settings.ClientFields.Apply(head, _life.Identity);
        _exchange.Take(head);
        if (head.NamesHttps && !head.IsHttps)
        {
            Refuse(Refusal.HttpsInClear);
            return;
        }

        if (_worker.Settings.Responses.Find(head) is { } local)
        {
            _exchange.KeepAlive &= !head.HasBody;
            RespondLocal(local, CacheNote.Own(CacheReason.OwnAnswer));
            return;
        }

        if (_life.Traits.Redirects)
        {
            Redirect(head);
            return;
        }

        if (_worker.Settings.Responder is { } responder)
        {
            Respond(responder, head, CacheReason.OwnAnswer);
            return;
        }

        if (_life.Names is not null && MisdirectedRequest.Check(head.Host, _life.Names, _life.NamedServer))
        {
            Refuse(Refusal.Misdirected);
            return;
        }

        if (head.Method is KnownMethod.Get or KnownMethod.Head && !head.HasBody && TryAnswerFromCache(head))
            return;
        Forward(head);
    }

    /// <summary>Takes out what only a trusted proxy may say. The origin isn't told it, so it mustn't select a stored response
    /// either.</summary>
    private void RemoveUnbelieved(RequestHead head)
    {
        if (!head.Fields.MayContainAny(ProvenanceFields.Mask))
            return;
        if (!_worker.Settings.TrustedProxies.IsEmpty)
            Address();
        ProvenanceFields.RemoveUnbelieved(head, _life.IsTrusted);
    }

    /// <summary>Whether the client, or that of a trusted proxy, speaks TLS: what X-Forwarded-Proto tells the origin.</summary>
    private bool IsHttps(RequestHead head) => _worker.Settings.TrustedProxies.IsEmpty || !head.Fields.TryGet(KnownField.XForwardedProto, out var said)
        ? _life.Traits.IsTls
        : Ascii.EqualsIgnoreCase(said, "https"u8);

    private void Redirect(RequestHead head)
    {
        if (head.Host.IsEmpty)
            Refuse(Refusal.MissingHost);
        else
            Respond(_worker.Settings.Redirection!, head, CacheReason.Redirected);
    }

    private void Respond(IResponder responder, RequestHead head, CacheReason reason)
    {
        _exchange.KeepAlive &= !head.HasBody;
        if (responder.TryAnswer(_worker.Settings.Pool, head, this) is { } response)
            RespondWhole(response, CacheNote.Own(reason));
        else if (_exchange.Later is null)
            Abort();
    }

    private bool TryAnswerFromCache(RequestHead head)
    {
        var rule = _worker.Settings.Fetches.Policy.Rules.Find(head);
        if (rule is { Bypass: true })
            return false;
        rule?.Prepare(head);
        var directives = _worker.Settings.Fetches.Policy.DirectivesOf(head.Fields);
        var entry = _worker.Settings.Cache.TryAcquire(head, rule, out _);
        if (entry is not null)
        {
            _reader.Hold(entry.Response, isReader: false);
            var now = _worker.UnixMilliseconds;
            var reason = ReusePolicy.Judge(entry.Freshness, directives, now);
            if (ReusePolicy.IsUse(reason))
            {
                if (reason == CacheReason.StaleWhileRevalidate && _worker.Settings.Fetches.Claim(entry))
                    _worker.Settings.Fetches.Refresh(head.DetachAsGet(), Client(), entry);
                RespondShared(head, isReader: false, CacheNote.Reused(reason, entry.Freshness, now));
                return true;
            }

            _reader.Release();
        }

        if (!directives.OnlyIfCached)
            return false;
        RespondLocal(_worker.Settings.Responses.NotCached, CacheNote.Own(CacheReason.OnlyIfCached));
        return true;
    }

    private void Forward(RequestHead head)
    {
        _life.State = ConnectionState.Waiting;
        EventLoop.Disarm(_deadline);
        _reader.Rewind();
        RequestBody? body = null;
        _exchange.ExpectsContinue = head.ExpectsContinue;
        if (head.HasBody)
        {
            body = new RequestBody(head.Framing == BodyFraming.Length ? head.ContentLength : null, _worker.Loop, this) { TellsWanted = _exchange.ExpectsContinue };
            _body.Start(head, body);
            _exchange.Upload = new UploadPace(Deadlines.BodyRateMinimum, Deadlines.BodyGrace, Deadlines.Body);
            if (!_exchange.ExpectsContinue)
                WatchUpload();
        }

        var directives = _worker.Settings.Fetches.Policy.DirectivesOf(head.Fields);
        _exchange.Ticket = new FetchTicket(head.Detach(), Client(), _worker.Loop, this, _reader) { Body = body, Directives = directives };
        _trace?.OnAsked(_worker.Loop.ReadClock());
        _worker.Settings.Fetches.Request(_exchange.Ticket);
    }

    /// <summary>The origin begins to read the body: a client that waits for leave to send it gets it now (RFC 9110, section 10.1.1).</summary>
    public void OnWanted()
    {
        if (!_exchange.ExpectsContinue || _life.State != ConnectionState.Waiting || !_body.IsReading)
            return;
        _exchange.ExpectsContinue = false;
        _exchange.Continuing = true;
        WatchUpload();
        _channel.Send(_worker.Settings.Responses.Continue);
    }

    public void OnAnswered(FetchTicket ticket)
    {
        _exchange.Ticket = null;
        _trace?.OnOriginAnswered(_worker.Loop.ReadClock());
        if (_exchange.Continuing)
            _exchange.Answered = ticket;
        else
            Respond(ticket);
    }

    public void OnSent()
    {
        if (!_exchange.Continuing)
        {
            _trace?.OnSent(_worker.Loop.Now);
            _writer.OnSent();
            return;
        }

        _exchange.Continuing = false;
        if (_exchange.Answered is { } answered)
            Respond(answered);
    }

    public void OnResponseSent()
    {
        var body = _reader.Sent;
        _reader.Release();
        _worker.Counters.CountSent(_channel.SentBytes - _exchange.SentBefore);
        Log(body);
        // A body that the origin hasn't wanted to the end would be taken for the next request.
        if (!_exchange.KeepAlive || _body.IsReading)
            Close();
        else
            ReadNext();
    }

    public void OnResponseCut()
    {
        _worker.Counters.CountFailed();
        Abort();
    }

    /// <param name="received">What came in place of a head, for the log.</param>
    private void Refuse(Refusal refusal, ReadOnlySpan<byte> received = default)
    {
        _worker.Counters.CountRefused();
        _trace?.OnRefused(received, _worker.Loop.ReadClock());
        _exchange.KeepAlive = false;
        _exchange.Version = HttpVersion.Http11;
        RespondLocal(_worker.Settings.Responses.Of(refusal), CacheNote.Own(CacheReason.Refused));
    }

    private void Respond(FetchTicket ticket)
    {
        _exchange.Answered = null;
        // The answer came before the end of the body, which may or may not follow.
        if (_body.IsReading)
            _exchange.KeepAlive = false;
        if (ticket.TakeResponse() is { } response)
        {
            _reader.Hold(response, isReader: true);
            // Past the cache, the origin has seen the client's conditions and range itself.
            if (ticket.Part is { } part)
                Respond(part, ticket.Note);
            else if (ticket.IsManaged)
                RespondShared(ticket.Request, isReader: true, ticket.Note);
            else
                Respond(ResponsePart.Whole(response.Status), ticket.Note);
            return;
        }

        RespondLocal(_worker.Settings.Responses.Of(ticket.Failure), ticket.Note);
    }

    private void RespondLocal(Response response, in CacheNote note)
    {
        if (response.TryAcquire())
            RespondWhole(response, note);
        else
            Abort();
    }

    /// <param name="response">Acquired.</param>
    private void RespondWhole(Response response, in CacheNote note)
    {
        _reader.Hold(response, isReader: false);
        Respond(ResponsePart.Whole(response.Status), note);
    }

    /// <summary>Answers with the response held, which many share: this client's conditions and range are applied to it.</summary>
    private void RespondShared(RequestHead request, bool isReader, in CacheNote note)
    {
        var response = _reader.Held;
        var other = response.Head is not { } stored ? null
            : !Conditions.AreMet(request, stored) ? _worker.Settings.Responses.PreconditionFailed
            : Conditions.IsNotModified(request, stored) ? response.NotModified : null;
        if (other?.TryAcquire() == true)
        {
            _reader.Release();
            RespondWhole(other, note);
            return;
        }

        if (ResponsePart.TryOf(request, response, out var part))
            Respond(part, note);
        else
            AwaitBytes(isReader ? request : request.Detach(), note);
    }

    /// <summary>Waits until it is known whether the bytes that a range names arrive.</summary>
    private void AwaitBytes(RequestHead request, in CacheNote note)
    {
        _life.State = ConnectionState.Responding;
        _exchange.Undecided = request;
        _exchange.UndecidedNote = note;
        _worker.Loop.Arm(_deadline, Deadlines.Write);
        _reader.Await();
        // They may have come since they were looked for.
        OnUndecidedProgress();
    }

    /// <summary>Begins the response held.</summary>
    private void Respond(in ResponsePart part, in CacheNote note)
    {
        _life.State = ConnectionState.Responding;
        _worker.Counters.CountOutcome(note.Outcome);
        _trace?.OnAnswer(part.Status, note);
        _exchange.SentAtLastLook = _exchange.SentBefore = _channel.SentBytes;
        _worker.Loop.Arm(_deadline, Deadlines.Write);
        // HTTP/1.0 knows no chunks: the end of the connection ends a body whose length isn't known.
        if (IsLastAnswer || (_exchange.Version == HttpVersion.Http10 && _reader.Held.Body.TotalLength is null))
            _exchange.KeepAlive = false;
        var terms = _exchange.Terms(_life.AddedFields, _worker.UnixSeconds);
        if (_reader.TryBegin(part, terms.BodyWanted) && _writer.TryStart(part, terms, note))
            return;
        _reader.Release();
        Abort();
    }
}
