using System.Text;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;
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
        _worker.Settings.ClientFields.Apply(head, _identity);
        _version = head.Version;
        _bodyWanted = head.Method != KnownMethod.Head;
        _sender.AcceptsTrailers = head.AcceptsTrailers;
        _keepAlive = head.KeepAlive;
        if (_worker.Settings.Responses.Find(head) is { } local)
        {
            _keepAlive &= !head.HasBody;
            RespondLocal(local, CacheNote.Own(CacheReason.OwnAnswer));
            return;
        }

        if (_traits.Redirects)
        {
            Redirect(head);
            return;
        }

        if (_worker.Settings.Responder is { } responder)
        {
            Respond(responder, head, CacheReason.OwnAnswer);
            return;
        }

        if (_names is not null && Misdirection.Is(head.Host, _names, _namedServer))
        {
            Refuse(Refusal.Misdirected);
            return;
        }

        if (head.Method is KnownMethod.Get or KnownMethod.Head && !head.HasBody && TryAnswerFromCache(head))
            return;
        Forward(head);
    }

    /// <summary>Takes out what only a trusted proxy may say. The origin isn't told it, so it mustn't select a stored response either, beside those of
    /// trusted proxies.</summary>
    private void RemoveUnbelieved(RequestHead head)
    {
        if (_worker.Settings.TrustedProxies.IsEmpty || !(head.Fields.Contains(KnownField.XForwardedHost) || head.Fields.Contains(KnownField.XForwardedProto)))
            return;
        Address();
        for (var i = head.Fields.Count - 1; i >= 0 && !_isTrusted; i--)
        {
            if (head.Fields.Known(i) is KnownField.XForwardedHost or KnownField.XForwardedProto)
                head.Fields.Remove(i);
        }
    }

    /// <summary>Whether the client, or that of a trusted proxy, speaks TLS: what X-Forwarded-Proto tells the origin.</summary>
    private bool IsHttps(RequestHead head) => _worker.Settings.TrustedProxies.IsEmpty || !head.Fields.TryGet(KnownField.XForwardedProto, out var said)
        ? _traits.IsTls
        : Ascii.EqualsIgnoreCase(said, "https"u8);

    private void Redirect(RequestHead head)
    {
        if (head.Host.IsEmpty)
        {
            Refuse(Refusal.MissingHost);
            return;
        }

        Respond(_worker.Settings.Redirection!, head, CacheReason.Redirected);
    }

    private void Respond(IResponder responder, RequestHead head, CacheReason reason)
    {
        _keepAlive &= !head.HasBody;
        if (responder.TryAnswer(_worker.Settings.Pool, head) is { } response)
            Respond(response, ResponsePart.Whole(response.Status), isReader: false, CacheNote.Own(reason));
        else
            Abort();
    }

    private bool TryAnswerFromCache(RequestHead head)
    {
        var rule = _worker.Settings.Fetches.Policy.Rules.Find(head.Target);
        if (rule is { Bypass: true })
            return false;
        // Most requests say nothing about caches, and then nothing is read.
        var directives = head.Fields.Contains(KnownField.CacheControl) || head.Fields.Contains(KnownField.Pragma)
            ? RequestDirectives.Read(head.Fields)
            : RequestDirectives.None;
        var entry = _worker.Settings.Cache.TryAcquire(head, rule, out _);
        if (entry is not null)
        {
            var now = _worker.UnixSeconds;
            var reason = ReusePolicy.Judge(entry.Freshness, directives, now);
            if (ReusePolicy.IsUse(reason) && Conditions.AreMet(head, entry.Head))
            {
                if (reason == CacheReason.StaleWhileRevalidate && head.Method == KnownMethod.Get && entry.TryBeginRefresh(now))
                    _worker.Settings.Fetches.Refresh(head.Detach(), Client(), entry);
                RespondShared(head, entry.Response, isReader: false, CacheNote.Reused(reason, entry.Freshness, now));
                return true;
            }

            entry.Response.Release();
        }

        if (!directives.OnlyIfCached)
            return false;
        RespondLocal(_worker.Settings.Responses.NotCached, CacheNote.Own(CacheReason.OnlyIfCached));
        return true;
    }

    private void Forward(RequestHead head)
    {
        _state = State.Waiting;
        EventLoop.Disarm(_deadline);
        _sender.Rewind();
        RequestBody? body = null;
        _expectsContinue = head.ExpectsContinue;
        if (head.HasBody)
        {
            body = new RequestBody(head.Framing == BodyFraming.Length ? head.ContentLength : null, _worker.Loop, this) { TellsWanted = _expectsContinue };
            _body.Start(head, body);
            if (!_expectsContinue)
                ArmBodyDeadline();
        }

        _ticket = new FetchTicket(head.Detach(), Client(), _worker.Loop, this, _sender) { Body = body };
        _worker.Settings.Fetches.Request(_ticket);
    }

    private ForwardedClient Client()
    {
        var address = Address();
        return new ForwardedClient(address, _traits.IsTls, _isTrusted);
    }

    /// <summary>The origin begins to read the body: a client that waits for leave to send it gets it now (RFC 9110, section 10.1.1).</summary>
    public void OnWanted()
    {
        if (!_expectsContinue || _state != State.Waiting || !_body.IsReading)
            return;
        _expectsContinue = false;
        _continuing = true;
        ArmBodyDeadline();
        _channel.Send(_worker.Settings.Responses.Continue);
    }

    public void OnAnswered(FetchTicket ticket)
    {
        _ticket = null;
        if (_continuing)
            _answered = ticket;
        else
            Respond(ticket);
    }

    public void OnSent()
    {
        _trace?.OnSent(_worker.Loop.Now);
        if (!_continuing)
        {
            _sender.OnSent();
            return;
        }

        _continuing = false;
        if (_answered is { } answered)
            Respond(answered);
    }

    public void OnResponseSent()
    {
        _worker.Counters.CountSent(_channel.SentBytes - _sentBefore);
        _trace?.Write(
            _worker.Settings.AccessLog!, _worker.LogLine, Address(), _session, _traits.IsTls ? _channel.Verdict.Text : "-", _channel.SentBytes - _sentBefore,
            _worker.Loop.ReadClock());
        // A body that the origin hasn't wanted to the end would be taken for the next request.
        if (!_keepAlive || _body.IsReading)
            Close();
        else
            ReadNext();
    }

    public void OnResponseCut()
    {
        _worker.Counters.CountFailed();
        Abort();
    }

    private void Refuse(Refusal refusal)
    {
        _worker.Counters.CountRefused();
        _trace?.OnRefused(_worker.Loop.ReadClock());
        _keepAlive = false;
        _version = HttpVersion.Http11;
        RespondLocal(_worker.Settings.Responses.Of(refusal), CacheNote.Own(CacheReason.Refused));
    }

    private void Respond(FetchTicket ticket)
    {
        _answered = null;
        // The answer came before the end of the body, which may or may not follow.
        if (_body.IsReading)
            _keepAlive = false;
        if (ticket.Response is { } response)
        {
            // Past the cache, the origin has seen the client's conditions and range itself.
            if (ticket.Part is { } part)
                Respond(response, part, isReader: true, ticket.Note);
            else if (ticket.IsManaged)
                RespondShared(ticket.Request, response, isReader: true, ticket.Note);
            else
                Respond(response, ResponsePart.Whole(response.Status), isReader: true, ticket.Note);
            return;
        }

        RespondLocal(_worker.Settings.Responses.Of(ticket.Failure), ticket.Note);
    }

    private void RespondLocal(StoredResponse response, in CacheNote note)
    {
        if (response.TryAcquire())
            Respond(response, ResponsePart.Whole(response.Status), isReader: false, note);
        else
            Abort();
    }

    /// <summary>Answers with a response that many share: this client's conditions and range are applied to it.</summary>
    private void RespondShared(RequestHead request, StoredResponse response, bool isReader, in CacheNote note)
    {
        if (response.Head is { } stored && Conditions.IsNotModified(request, stored) && response.NotModified.TryAcquire())
        {
            var notModified = response.NotModified;
            if (isReader)
                response.Body.RemoveReader(_sender);
            response.Release();
            Respond(notModified, ResponsePart.Whole(notModified.Status), isReader: false, note);
            return;
        }

        if (ResponsePart.TryOf(request, response, out var part))
            Respond(response, part, isReader, note);
        else
            AwaitBytes(request, response, note);
    }

    /// <summary>Waits until it is known whether the bytes that a range names arrive.</summary>
    private void AwaitBytes(RequestHead request, StoredResponse response, in CacheNote note)
    {
        _state = State.Responding;
        _undecided = request;
        _undecidedNote = note;
        _worker.Loop.Arm(_deadline, Deadlines.Write);
        _sender.Await(response);
        // They may have come since they were looked for.
        OnUndecidedProgress();
    }

    public void OnUndecidedProgress()
    {
        if (_undecided is not { } request || !ResponsePart.TryOf(request, _sender.Undecided, out var part))
            return;
        _undecided = null;
        Respond(_sender.Decide(), part, isReader: true, _undecidedNote);
    }

    private void Respond(StoredResponse response, in ResponsePart part, bool isReader, in CacheNote note)
    {
        _state = State.Responding;
        _worker.Counters.CountOutcome(note.Outcome);
        if (_trace is not null)
        {
            _trace.Status = part.Status;
            _trace.Note = note;
        }

        _sentAtLastLook = _sentBefore = _channel.SentBytes;
        _worker.Loop.Arm(_deadline, Deadlines.Write);
        // HTTP/1.0 knows no chunks: the end of the connection ends a body whose length isn't known.
        if (_worker.IsDraining || (_version == HttpVersion.Http10 && response.Body.TotalLength is null))
            _keepAlive = false;
        if (!_sender.TryStart(response, part, isReader, _version, _keepAlive, _bodyWanted, _worker.UnixSeconds, note))
            Abort();
    }

    private void LeaveFetch()
    {
        _body.Abort();
        _ticket?.Leave();
        _ticket = null;
        // An answer that waited for the interim one to leave is let go of as the ticket would.
        if (_answered is { } answered)
        {
            answered.Leave();
            answered.Run();
        }

        _answered = null;
        _continuing &= _channel.IsSending;
    }
}
