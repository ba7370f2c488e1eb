using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Gives an arriving answer to those it is for, and sends the others to their own fetches, all at once; on the origin's
/// thread.</summary>
internal sealed class AnswerSharing(AnswerContext context, FailureAnswers failures)
{
    /// <param name="now">When its head came, in milliseconds since 1970.</param>
    public void Share(Fetch fetch, JudgedAnswer answer, long now)
    {
        var verdict = answer.Verdict;
        if (fetch.Leader is not { } leader || IsApart(fetch, leader, answer) || !fetch.TryBeginForLeader(answer))
            Divide(fetch, answer, now);
        else if (!verdict.IsShareable || !answer.IsStored)
            context.Shards.Retire(fetch, verdict.Remembers);

        if (!answer.IsStored && answer.Response.Body is { IsComplete: false, ReaderCount: 0 })
            fetch.Request.Cancel();
    }

    /// <summary>Begins an answer for which several wait, or none.</summary>
    private void Divide(Fetch fetch, JudgedAnswer answer, long now)
    {
        var verdict = answer.Verdict;
        FetchTicket[] apart = [];
        FetchTicket[] others = [];
        fetch.BeginAnswer(answer, waiters =>
        {
            apart = [.. waiters.Where(waiter => IsApart(fetch, waiter, answer))];
            others = Divide(fetch, waiters.Except(apart), answer, now);
        });
        if (!verdict.IsShareable || !answer.IsStored)
            context.Shards.Retire(fetch, verdict.Remembers);
        if (others.Length > 0)
            Disperse(fetch, others, answer);
        if (apart.Length > 0)
        {
            context.Dispersal.Alone(
                fetch.Plan with { IsOfOne = false }, apart, isManaged: false, passesRanges: AsksForRanges(fetch, answer));
        }
    }

    /// <summary>Sends those to further fetches whom the answer isn't for.</summary>
    private void Disperse(Fetch fetch, FetchTicket[] others, JudgedAnswer answer)
    {
        var (verdict, dispersal) = (answer.Verdict, context.Dispersal);
        if (verdict.AsksOnceMore)
            dispersal.AskOnceMore(fetch, others, verdict.IsTrouble, isForOne: !verdict.IsShareable);
        else if (verdict.IsShareable)
            dispersal.ByVariant(fetch.Plan, others, answer.Entry!.Head);
        else
            dispersal.Alone(fetch.Plan, others, isManaged: answer.IsStored, answer.IsOfCredentials);
    }

    /// <summary>Answers those whom the answer, or what is stored for them, is for; under the gate of the fetch.</summary>
    /// <returns>The others.</returns>
    private FetchTicket[] Divide(Fetch fetch, IEnumerable<FetchTicket> waiters, JudgedAnswer answer, long now)
    {
        var shared = new SharedAnswer(answer.Entry!, fetch.Times.MadeAt, fetch.Times.AskedAt, now);
        FetchTicket[] left = [.. waiters.Where(
            waiter => waiter == fetch.Leader || !FailureAnswers.IsTrouble(answer.Response.Status)
                || !failures.TryAnswer(fetch, waiter, unreachable: false, answer.Response.Status))];
        var sharers = new Sharers(answer.Verdict.Audience, fetch, context.Services.Fields);
        FetchTicket[] others = [.. left.Where(waiter => waiter != fetch.Leader && !(sharers.Include(waiter) && shared.Suits(waiter)))];
        foreach (var waiter in left.Except(others))
        {
            if (waiter == fetch.Leader)
                waiter.TryAnswer(answer.Response, answer.Note);
            else
                waiter.TryAnswer(answer.Entry!.Response, answer.NoteOfJoined(now));
        }

        return others;
    }

    /// <summary>Whether a waiter fetches for itself whatever the answer says. Nobody waits for a range through all that comes before it
    /// where that isn't stored, nor for slower readers where a window can't hold the whole.</summary>
    private bool IsApart(Fetch fetch, FetchTicket waiter, JudgedAnswer answer)
    {
        var verdict = answer.Verdict;
        var outgrowsWindow = verdict.IsShareable && !verdict.IsTrouble && !answer.IsStored
            && answer.Response.Body is { IsWindowed: true } body && body.TotalLength > context.Services.Window.Bytes;
        return (outgrowsWindow && waiter != fetch.Leader)
            || (verdict.Audience == AnswerAudience.WithoutCredentials && waiter.IsOfOne)
            || (AsksForRanges(fetch, answer) && waiter.Request.Fields.Contains(KnownField.Range));
    }

    // Once: an origin that was sent the range, and answers with the whole, would do so again.
    private static bool AsksForRanges(Fetch fetch, JudgedAnswer answer) =>
        answer.Note.Store == CacheReason.TooLarge && fetch.Plan.IsManaged;
}
