using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The response of an exchange: applies the client's conditions and range to it, waits for the bytes that decide them, and cuts a
/// client that takes too long.</summary>
internal sealed class Answer : IBodyReaderOwner
{
    private readonly ExchangeServices _services;
    private readonly IExchangeOwner _owner;
    private readonly RequestTrace? _trace;
    private AnswerLife _life = new();

    public Answer(ExchangeServices services, IExchangeOwner owner, RequestTrace? trace)
    {
        _services = services;
        _owner = owner;
        _trace = trace;
        Reader = new BodyReader(services.Loop, services.Segments.Pool, this);
    }

    /// <summary>Reads the response.</summary>
    public BodyReader Reader { get; }

    /// <summary>The response is on its way, or waits for the bytes that decide how much of it is sent.</summary>
    public bool IsUnderWay => _life.IsUnderWay;

    /// <summary>Bytes that have left for the response, its head and framing included.</summary>
    public long SentBytes => _owner.SentBytes - _life.SentBefore;

    /// <summary>A request's method is known.</summary>
    public void Expect(KnownMethod method) => _life.IsBodyWanted = method != KnownMethod.Head;

    /// <summary>Gives a response of the proxy's own that all share.</summary>
    public void GiveLocal(Response response, in CacheNote note)
    {
        if (response.TryAcquire())
            GiveWhole(response, note);
        else
            _owner.Abort();
    }

    /// <param name="response">Acquired.</param>
    public void GiveWhole(Response response, in CacheNote note)
    {
        Reader.Hold(response, isReader: false);
        Give(ResponsePart.Whole(response.Status), note);
    }

    /// <summary>Gives the response held, which many share: this client's conditions and range are applied to it.</summary>
    /// <param name="isReader">The request is a copy, and the reader is among those of the body.</param>
    public void GiveShared(RequestHead request, bool isReader, in CacheNote note)
    {
        var response = Reader.Held;
        var other = response.IsLocal ? null
            : !Conditions.AreMet(request, response.Head) ? _services.Responses.PreconditionFailed
            : Conditions.IsNotModified(request, response.Head) ? response.NotModified : null;
        if (other?.TryAcquire() == true)
        {
            Reader.Release();
            GiveWhole(other, note);
            return;
        }

        if (ResponsePart.TryOf(request, response, out var part))
            Give(part, note);
        else
            AwaitBytes(isReader ? request : request.Detach(), note);
    }

    /// <summary>Gives what a ticket has brought: a response, or the reason why there is none.</summary>
    public void GiveFetched(FetchTicket ticket)
    {
        if (ticket.TakeResponse() is not { } response)
        {
            GiveLocal(_services.Responses.Of(ticket.Failure), ticket.Note);
            return;
        }

        Reader.Hold(response, isReader: true);
        // Past the cache, the origin has seen the client's conditions and range itself.
        if (ticket.Found is { } found)
            Give(found.Part, ticket.Note);
        else if (ticket.IsManaged)
            GiveShared(ticket.Request, isReader: true, ticket.Note);
        else
            Give(ResponsePart.Whole(response.Status), ticket.Note);
    }

    /// <summary>Gives a part of the response held.</summary>
    public void Give(in ResponsePart part, in CacheNote note)
    {
        _life.IsUnderWay = true;
        _services.Counters.CountOutcome(note.Outcome);
        _trace?.OnAnswer(part.Status, note);
        _life.SentBefore = _owner.SentBytes;
        _life.Patience.Begin(_life.SentBefore);
        _owner.Arm(_services.Deadlines.Write);
        if (Reader.TryBegin(part, _life.IsBodyWanted) && _owner.TryBegin(part, note))
            return;
        Reader.Release();
        _owner.Abort();
    }

    public void OnBodyProgress()
    {
        if (_life.Undecided is null)
            _owner.OnBytesArrived();
        else
            OnUndecidedProgress();
    }

    /// <summary>The client has had the time of a write deadline.</summary>
    /// <param name="isUploadTooSlow">The body of its request comes too slowly.</param>
    public void OnDeadline(bool isUploadTooSlow)
    {
        if (_life.Patience.HoldsUpOthers(Reader))
        {
            _services.Counters.CountLaggard();
            _owner.Abort();
            return;
        }

        // A reader that has taken a byte since, or that waits for the origin, isn't slow.
        if (!isUploadTooSlow && (_life.Patience.HasTaken(_owner.SentBytes) || (!_owner.IsSending && MayWaitOn())))
        {
            _owner.Arm(_services.Deadlines.Write);
            return;
        }

        _services.Counters.CountDeadline();
        _owner.Abort();
    }

    /// <summary>Decides nothing any more.</summary>
    public void Leave() => _life.Undecided = null;

    /// <summary>The one place where the life of a response ends; none of its bytes is in flight.</summary>
    public void End()
    {
        Reader.Release();
        _life = new();
    }

    public void OnFault() => _owner.OnFault();

    /// <summary>Waits until it is known whether the bytes that a range names arrive.</summary>
    private void AwaitBytes(RequestHead request, in CacheNote note)
    {
        _life.IsUnderWay = true;
        _life.Undecided = request;
        _life.UndecidedNote = note;
        _owner.Arm(_services.Deadlines.Write);
        Reader.Await();
        // They may have come since they were looked for.
        OnUndecidedProgress();
    }

    private void OnUndecidedProgress()
    {
        if (_life.Undecided is not { } request || !ResponsePart.TryOf(request, Reader.Held, out var part))
            return;
        _life.Undecided = null;
        Give(part, _life.UndecidedNote);
    }

    private bool MayWaitOn() => !_owner.HasClientGone && _life.Patience.MayWaitOn(Reader.Body);
}
