using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Origin;

/// <summary>Who waits for an answer; called on its loop's thread.</summary>
internal interface IFetchOwner
{
    void OnAnswered(FetchTicket ticket);
}

/// <summary>One request's place in the waiting for an answer. It is answered once, from any thread, and tells its owner on the owner's loop.</summary>
/// <param name="reader">Who will read the body; its place counts from the answer on.</param>
internal sealed class FetchTicket(RequestHead request, ForwardedClient client, IMailbox mailbox, IFetchOwner owner, IBodySubscriber reader) : IPosted
{
    private bool _left;
    private Fetch? _fetch;

    public RequestHead Request { get; } = request;

    public ForwardedClient Client { get; } = client;

    public RequestBody? Body { get; init; }

    /// <summary>A stale entry the origin is asked about; acquired.</summary>
    public CacheEntry? Stale { get; set; }

    /// <summary>The answer, acquired for the owner, with the owner among the readers of its body; null when the origin failed.</summary>
    public StoredResponse? Response { get; private set; }

    public OriginFailure Failure { get; private set; }

    public CacheOutcome Outcome { get; set; } = CacheOutcome.Miss;

    /// <summary>Age in seconds when the answer was given, or -1 for none.</summary>
    public long AgeSeconds { get; private set; } = -1;

    /// <summary>The fetch the ticket waits for.</summary>
    public void AttachTo(Fetch fetch) => Volatile.Write(ref _fetch, fetch);

    /// <summary>Answers with a response.</summary>
    /// <returns>False when its last reference has gone.</returns>
    public bool TryAnswer(StoredResponse response, long ageSeconds)
    {
        if (!response.TryAcquire())
            return false;
        response.Body.AddReader(reader);
        Response = response;
        AgeSeconds = ageSeconds;
        Done();
        return true;
    }

    public void AnswerFailure(OriginFailure failure)
    {
        Failure = failure;
        Outcome = CacheOutcome.Failed;
        Done();
    }

    /// <summary>The owner doesn't wait any more; on its loop's thread.</summary>
    public void Leave()
    {
        _left = true;
        Volatile.Read(ref _fetch)?.Leave(this);
    }

    public void Run()
    {
        if (!_left)
        {
            owner.OnAnswered(this);
            return;
        }

        if (Response is not { } response)
            return;
        response.Body.RemoveReader(reader);
        response.Release();
    }

    private void Done()
    {
        Stale?.Response.Release();
        Stale = null;
        mailbox.Post(this);
    }
}
