namespace TlsProxy.Uring.Loop;

/// <summary>What other threads may know of a loop.</summary>
public interface IMailbox
{
    /// <summary>The number of the worker, from 0.</summary>
    int Index { get; }

    /// <summary>Runs <paramref name="work"/> on the loop's thread in its next turn. Callable from any thread.</summary>
    void Post(IPosted work);
}
