namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Holds the origin's bodies back until a client has its head, or has given up: a body that came with its head would wake
/// nobody.</summary>
internal sealed class HeadGate
{
    // One word, replaced by the client's thread and read by the origin's.
    private TaskCompletionSource _opened = Make();

    public HeadGate() => Open();

    /// <summary>Ends when the gate that is now closed opens; at once where it is open.</summary>
    public Task Opened => Volatile.Read(ref _opened).Task;

    public void Close() => Volatile.Write(ref _opened, Make());

    public void Open() => Volatile.Read(ref _opened).TrySetResult();

    private static TaskCompletionSource Make() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
