using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Responses;

/// <summary>The subscribers of one body on one worker. The list belongs to the worker's thread;
/// a producer only posts the whole, once until it has run.</summary>
internal sealed class WorkerSubscribers(IMailbox mailbox) : IPosted
{
    private readonly List<IBodySubscriber> _subscribers = [];
    private IBodySubscriber? _told;
    private int _posted;

    public IMailbox Mailbox { get; } = mailbox;

    public int Count => _subscribers.Count;

    public void Add(IBodySubscriber subscriber) => _subscribers.Add(subscriber);

    public bool Remove(IBodySubscriber subscriber) => _subscribers.Remove(subscriber);

    /// <summary>Has the subscribers told in the worker's next turn. Callable from any thread.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _posted, 1) == 0)
            Mailbox.Post(this);
    }

    public void Run()
    {
        // The flag falls first: bytes that arrive from here on are either seen by the subscribers below or posted again.
        Interlocked.Exchange(ref _posted, 0);
        // From the end, since a subscriber may take itself out.
        for (var i = _subscribers.Count - 1; i >= 0; i--)
        {
            if (i >= _subscribers.Count)
                continue;
            _told = _subscribers[i];
            _told.OnBodyProgress();
        }

        _told = null;
    }

    /// <summary>One subscriber has thrown: that one ends, and the others are told in the next turn.</summary>
    public void OnFault()
    {
        var faulted = _told;
        _told = null;
        if (faulted is not null)
            _subscribers.Remove(faulted);
        // It may have fallen or not.
        Interlocked.Exchange(ref _posted, 0);
        Wake();
        faulted?.OnFault();
    }
}
