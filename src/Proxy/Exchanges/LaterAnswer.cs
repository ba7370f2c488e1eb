using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The place of an answer that takes longer than a loop may stand still: another thread gives it, once, and its owner gets it on
/// the owner's loop.</summary>
internal sealed class LaterAnswer(IMailbox mailbox, IAnswerOwner owner) : IPosted
{
    // The owner's loop alone.
    private bool _left;

    // Written before the post, read after.
    private Response? _response;

    /// <summary>Answers. Callable from any thread.</summary>
    /// <param name="response">Its reference passes on; null when there is no memory for it.</param>
    public void Give(Response? response)
    {
        _response = response;
        mailbox.Post(this);
    }

    /// <summary>The owner doesn't wait any more; on its loop's thread.</summary>
    public void Leave() => _left = true;

    public void Run()
    {
        var response = Take();
        if (_left)
            response?.Release();
        else
            owner.OnAnswered(response);
    }

    public void OnFault()
    {
        if (!_left)
            owner.OnFault();
        Take()?.Release();
    }

    private Response? Take()
    {
        var response = _response;
        _response = null;
        return response;
    }
}
