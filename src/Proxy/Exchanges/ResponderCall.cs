using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Asks a responder in place of cache and origin, and waits where another thread makes its answer.</summary>
internal sealed class ResponderCall(ExchangeServices services, IExchangeOwner owner, Answer answer) : IAnswerOwner
{
    // Gone with the answer, or with the request that asked.
    private LaterAnswer? _later;

    /// <summary>Another thread makes the answer.</summary>
    public bool IsWaiting => _later is not null;

    public void Ask(IResponder responder, RequestHead head, CacheReason reason)
    {
        if (responder.TryAnswer(services.Segments.Pool, head, this) is { } response)
            answer.GiveWhole(response, CacheNote.Own(reason));
        else if (!IsWaiting)
            owner.Abort();
    }

    public LaterAnswer Await()
    {
        owner.Arm(services.Deadlines.LaterAnswer);
        return _later = new LaterAnswer(services.Loop, this);
    }

    public void OnAnswered(Response? response)
    {
        _later = null;
        if (response is not null)
            answer.GiveWhole(response, CacheNote.Own(CacheReason.OwnAnswer));
        else
            owner.Abort();
    }

    /// <summary>The answer isn't wanted any more.</summary>
    public void Leave()
    {
        _later?.Leave();
        _later = null;
    }

    public void OnFault() => owner.OnFault();
}
