using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Fetching;

/// <summary>For whom interim responses wait; called on its loop's thread.</summary>
internal interface IInterimOwner
{
    /// <summary>Some are there.</summary>
    void OnInterims();

    /// <summary>The call before has thrown.</summary>
    void OnInterimFault();
}

/// <summary>Interim responses on their way to one who waits for the final one, in order. The origin's thread adds them, and the owner's
/// loop takes them when its client has room.</summary>
internal sealed class InterimQueue(IMailbox mailbox, IInterimOwner owner) : IPosted
{
    /// <summary>Responses that wait for a client at most. Hints that come while it has no room for earlier ones help it little.</summary>
    public const int CountMaximum = 8;

    /// <summary>Bytes of their fields at most: as much as a client that takes nothing makes the proxy hold. Pages send hints of one or two
    /// KiB.</summary>
    public const int BytesMaximum = 16 * 1024;

    // An array that nobody changes; null for none. Exchanged by interlocked operations: one thread at a time adds, another takes.
    private InterimResponse[]? _waiting;

    /// <summary>Queues a response, unless there is no room for it. The final one follows by the same mailbox.</summary>
    public void Add(InterimResponse response)
    {
        while (true)
        {
            var before = Volatile.Read(ref _waiting);
            if (!HasRoom(before ?? [], response))
                return;
            InterimResponse[] after = [.. before ?? [], response];
            // Another array can be there only after the other thread has taken all: the second try succeeds.
            if (Interlocked.CompareExchange(ref _waiting, after, before) != before)
                continue;
            if (before is null)
                mailbox.Post(this);
            return;
        }
    }

    /// <summary>Takes all that wait.</summary>
    public InterimResponse[] TakeAll() => Interlocked.Exchange(ref _waiting, null) ?? [];

    public void Run() => owner.OnInterims();

    public void OnFault() => owner.OnInterimFault();

    private static bool HasRoom(InterimResponse[] waiting, InterimResponse response)
    {
        var bytes = response.Lines.Length;
        foreach (var earlier in waiting)
            bytes += earlier.Lines.Length;
        return waiting.Length < CountMaximum && bytes <= BytesMaximum;
    }
}
