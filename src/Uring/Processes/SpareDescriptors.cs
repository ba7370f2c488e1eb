using TlsProxy.Uring.Interop;

namespace TlsProxy.Uring.Processes;

/// <summary>Descriptors that are held for nothing but to be given up when the process has no other left. The runtime needs two to throw an
/// exception, and ends a process that can't have them; so nothing here throws for want of one. Callable from any thread.</summary>
/// <param name="count">How many are held.</param>
public sealed class SpareDescriptors(int count) : IDisposable
{
    // What is to be left for the runtime by who opens something.
    private const int Least = 4;

    private const string Nothing = "/dev/null";

    // Guards the queue, and makes looking for room and taking it one step.
    private readonly Lock _gate = new();
    private readonly Queue<Descriptor> _held = new();

    /// <summary>Called when those held have been given up; it must not throw, nor call back.</summary>
    public Action? OnShortage { get; init; }

    /// <summary>Opens those that are missing, if a few are free besides.</summary>
    /// <returns>Whether all are held: descriptors aren't short.</returns>
    public bool TryRestore()
    {
        lock (_gate)
        {
            var held = _held.Count;
            var found = TryHold(count + Least);
            Drop(found ? count : held);
            return found;
        }
    }

    /// <summary>Whether a few descriptors are free. Where they aren't, those held are given up, for what has to be opened or thrown
    /// then.</summary>
    public bool HasRoom()
    {
        lock (_gate)
            return HasRoomNow();
    }

    /// <summary>Gives up those that are held.</summary>
    public void Release()
    {
        lock (_gate)
            GiveUp();
    }

    /// <summary>Opens something if the runtime then has enough left, if need be with those that are held.</summary>
    /// <param name="open">Called at most once; nothing else is opened through here meanwhile.</param>
    /// <returns>Null when descriptors are short.</returns>
    public T? TryOpen<T>(Func<T> open)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(open);
        lock (_gate)
            return HasRoomNow() || HasRoomNow() ? open() : null;
    }

    public void Dispose()
    {
        lock (_gate)
            Drop(0);
    }

    private bool HasRoomNow()
    {
        var held = _held.Count;
        var found = TryHold(held + Least);
        if (found)
            Drop(held);
        else
            GiveUp();
        return found;
    }

    private void GiveUp()
    {
        Drop(0);
        OnShortage?.Invoke();
    }

    private bool TryHold(int wanted)
    {
        while (_held.Count < wanted)
        {
            var descriptor = new Descriptor(Libc.open(Nothing, Libc.O_CLOEXEC));
            if (descriptor.IsInvalid)
                return false;
            _held.Enqueue(descriptor);
        }

        return true;
    }

    private void Drop(int wanted)
    {
        while (_held.Count > wanted)
            _held.Dequeue().Dispose();
    }
}
