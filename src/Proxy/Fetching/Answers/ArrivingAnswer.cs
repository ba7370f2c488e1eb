using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Takes the answer to a fetch as it arrives, and ends the fetch. On the origin's thread, but for what readers of the body
/// report.</summary>
internal sealed class ArrivingAnswer : IOriginSink, IArrival
{
    private const string Ending = "the end of a fetch";

    private readonly AnswerContext _context;
    private readonly AnswerSteps _steps;

    // The origin's thread alone.
    private ArrivingShare _share;

    // Its mark is set by any thread.
    private UnreadCount _unread;

    // Exchanged by an interlocked operation: a fault at the end may end the fetch once more.
    private int _released;

    // Of the origin's calls of the sink; what readers report may come amid them.
    private SerialCalls _calls;

    public ArrivingAnswer(AnswerSteps steps, Fetch fetch)
    {
        _steps = steps;
        _context = steps.Context;
        _share = new ArrivingShare(steps.Context.Services.Arriving);
        _unread = new UnreadCount(steps.Context.Services.UnreadMaximum);
        Fetch = fetch;
    }

    public Fetch Fetch { get; }

    /// <summary>The part that a 206 brings; the origin's thread alone.</summary>
    public ArrivingPart? Part { get; set; }

    public void OnInterim(ResponseHead head)
    {
        using var call = _calls.Begin();
        InterimAnswers.Pass(Fetch, head);
    }

    public void OnHead(ResponseHead head)
    {
        using var call = _calls.Begin();
        _steps.Head.Decide(this, head);
        Fetch.OweNobody();
        // Those who waited may have left before the head came.
        if (Fetch is { Entry: not null, Response.Body: { IsComplete: false, ReaderCount: 0 } })
            OnReadersGone();
    }

    public bool TryReserve(int wanted, out SegmentRoom room)
    {
        using var call = _calls.Begin();
        room = default;
        if (Fetch.Response is not { Body: { HasFailed: false } body })
        {
            Fetch.Request.Cancel();
            return false;
        }

        var services = _context.Services;
        var length = body.TotalLength ?? body.Available + wanted;
        if (!body.IsWindowed && length > BodyWindow.ScarceBytes && services.Window.IsScarce(services.Pool))
            Outgrow(body, remember: false);
        // A rest that is longer than it says contradicts itself: the place of its bytes is unknown.
        var exceeds = body.TotalLength is { } total && wanted > total - body.Available;
        if (exceeds || !body.TryReserve(wanted, out room))
        {
            // More than was announced, or more than there is memory for: nothing of it is kept.
            Part = null;
            Fetch.DropEntry();
            Fetch.Request.Cancel();
            return false;
        }

        // Larger room counts before its bytes have come, since an origin may keep it waiting.
        if (body.AllocatedBytes > FetchBytes.ReservedMaximum)
            Hold(body, room);
        return true;
    }

    public OriginFlow Commit(int count)
    {
        using var call = _calls.Begin();
        var body = Fetch.Response!.Body;
        body.Commit(count);
        if (body.IsComplete)
            return OriginFlow.Continue;
        if (!body.IsWindowed && body.Available > _context.Services.ObjectMaximum)
            Outgrow(body, remember: Fetch.Plan.IsShared);
        else
            Hold(body);
        if (_unread.Add(body, count))
            LeaveUnread();
        return body.MustWait() ? OriginFlow.Wait : OriginFlow.Continue;
    }

    public void OnTrailers(FieldTable trailers)
    {
        using var call = _calls.Begin();
        // They go to those who read the body while it arrives and have asked for them; whoever gets it from the cache gets its length
        // instead.
        if (Fetch.Response is { } response)
            response.Body.SetTrailers(trailers);
    }

    public void OnEnd()
    {
        using var call = _calls.Begin();
        if (Fetch.Response is { Body: { HasFailed: false } body })
            body.Complete();
        End(OriginFailure.NoResponse);
    }

    public void OnSwitched(ResponseHead head, IOriginTunnel tunnel)
    {
        using var call = _calls.Begin();
        if (!_steps.Head.TrySwitch(Fetch, head, tunnel))
            tunnel.Reset();
        Fetch.OweNobody();
        End(OriginFailure.Cancelled);
    }

    public void OnFailed(in OriginFailed failure)
    {
        using var call = _calls.Begin();
        var (told, hasClients, isCovered) = (failure.Reason, Fetch.Subscribers > 0, Fetch.Plan.IsRefresh);
        var hasBegun = Fetch.Response is not null;
        if (Fetch.Response is { Body: { HasFailed: false, IsComplete: false } body })
        {
            // Out of the table first: who is cut may ask again at once, and isn't to join what has failed, but to get what has come.
            _context.Shards.Retire(Fetch, remember: false);
            _steps.Parts.Store(Fetch, Part, body, body.Available);
            body.Fail();
        }

        if (!hasBegun && OriginFailures.IsUnreachable(told))
        {
            if (_steps.Failures.TryAnswerStale(Fetch, told, forwardStatus: 0))
                isCovered = true;
            else if (Fetch.Revalidation.Selected is { Freshness.ForbidsStale: true })
                told = OriginFailure.Unconfirmed;
        }

        // First: a client that has its answer finds the line in the log.
        _context.Services.Troubles.Note(
            failure.Reason, failure.Trouble, OriginTroubles.Outcome(hasBegun, isCovered, hasClients, told));
        End(told);
    }

    public void OnWhole()
    {
        // Only a whole body is stored (RFC 9111, section 3.3). A client that has it all finds it stored when it asks again.
        if (Fetch.Entry is { } entry)
            _steps.Storing.Store(Fetch, entry);
        else if (Fetch.Response is { Body: { TotalLength: { } length } body })
            _steps.Parts.Store(Fetch, Part, body, length);
    }

    public void OnRoom() => Fetch.Request.Resume();

    public void OnReadersGone()
    {
        if (Fetch.Entry is null || Fetch.Permit.IsRevoked || Fetch.IsOfAnotherEra)
            Fetch.Request.Cancel();
        else if (Fetch.Plan.IsRefresh)
            return;
        else if (_context.Services.UnreadMaximum == 0 || _context.Shards.Numbers.Active > _context.Services.UnwatchedMaximum)
            LeaveUnread();
        else
            _unread.Begin();
    }

    /// <summary>Something has thrown that was to carry the answer on. Whoever waits gets an error, whoever reads is cut, and nothing is
    /// kept.</summary>
    public void OnFault()
    {
        Fetch.Invalidate();
        var faults = _context.Services.Faults;
        faults.Attempt(Ending, Fetch.Request, static request => request.Cancel());
        faults.Attempt(Ending, this, static answer => answer.CutReaders());
        faults.Attempt(Ending, this, static answer => answer._share.Return());
        faults.Attempt(Ending, this, static answer => answer._context.Shards.Retire(answer.Fetch, remember: false));
        foreach (var ticket in Fetch.TakeUnanswered())
            faults.Attempt(Ending, ticket, static ticket => ticket.AnswerFailure(OriginFailure.Fault));
        Release();
    }

    /// <summary>Leaves the origin, which goes on while nobody reads, unless somebody has come.</summary>
    private void LeaveUnread()
    {
        if (Fetch.TryCloseUnread())
            Fetch.Request.Cancel();
    }

    /// <summary>Counts what a body holds that is to be stored. Where there is no room for it, it isn't.</summary>
    /// <param name="room">What the origin is about to get; given back where it doesn't.</param>
    private void Hold(Body body, SegmentRoom room = default)
    {
        if (body.IsWindowed || _share.TryHold(body.AllocatedBytes))
            return;
        try
        {
            Outgrow(body, remember: false);
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

    /// <summary>Goes on through a window, for those who read already.</summary>
    /// <param name="remember">The next answer for the key will be as large.</param>
    private void Outgrow(Body body, bool remember)
    {
        _share.Return();
        Fetch.Close();
        body.LimitToWindow(_context.Services.Window);
        _context.Shards.Retire(Fetch, remember);
        if (body.ReaderCount == 0)
            Fetch.Request.Cancel();
    }

    private void End(OriginFailure failure)
    {
        _share.Return();
        _steps.Failures.AnswerAll(Fetch, failure);
        Release();
    }

    private void CutReaders()
    {
        if (Fetch.Response is { Body: { HasFailed: false, IsComplete: false } body })
            body.Fail();
    }

    /// <summary>Gives back what the fetch holds, once and whatever becomes of each step.</summary>
    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return;
        var faults = _context.Services.Faults;
        faults.Attempt(Ending, Fetch, static fetch => fetch.Response?.Release());
        faults.Attempt(Ending, this, static answer =>
            answer.Fetch.Revalidation.Selected?.EndRefresh(answer._context.Services.Uptime));
        faults.Attempt(Ending, Fetch, static fetch => fetch.Revalidation.Release());
        _context.Shards.OnEnded(Fetch);
    }
}
