using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Uring.Backends;

/// <summary>A back end for sends alone, each of which is a system call within <see cref="Wait"/>, on the calling thread, for
/// measuring what sends cost. It never waits, and holds neither a descriptor nor memory of the kernel's.</summary>
public sealed unsafe class SendingBackend : ILoopBackend
{
    private readonly List<Operation> _pending = [];
    private readonly List<Operation> _cancelled = [];

    public long Now => MonotonicClock.Now;

    public ISocketCalls Sockets { get; } = new SocketCalls();

    public LoopStatistics Statistics { get; } = new();

    /// <exception cref="InvalidOperationException">The operation is no send.</exception>
    public void Submit(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (operation.Kind is not (OperationKind.Send or OperationKind.SendMessage))
            throw new InvalidOperationException($"This back end sends only; {operation.Kind} belongs to another.");
        _pending.Add(operation);
    }

    public void Cancel(Operation operation)
    {
        if (_pending.Remove(operation))
            _cancelled.Add(operation);
    }

    /// <summary>Tries each pending send once. One for which the socket has no room stays pending.</summary>
    public int Wait(Span<Completion> completions, long timeoutNanoseconds)
    {
        var count = 0;
        for (; _cancelled.Count > 0 && count < completions.Length; _cancelled.RemoveAt(_cancelled.Count - 1))
            completions[count++] = new Completion(_cancelled[^1].UserData, -(int)Errno.ECANCELED);
        for (var i = 0; i < _pending.Count && count < completions.Length;)
        {
            var result = Send(_pending[i]);
            if (result is -(int)Errno.EAGAIN or -(int)Errno.EINTR)
            {
                i++;
                continue;
            }

            completions[count++] = new Completion(_pending[i].UserData, result);
            _pending.RemoveAt(i);
        }

        return count;
    }

    /// <exception cref="InvalidOperationException">Always: nothing is received.</exception>
    public NativeSlice Buffer(int bufferId) => throw new InvalidOperationException("This back end receives nothing.");

    /// <exception cref="InvalidOperationException">Always: nothing is received.</exception>
    public void ReturnBuffer(int bufferId) => throw new InvalidOperationException("This back end receives nothing.");

    /// <summary>Does nothing: there is no wait to end.</summary>
    public void Wake()
    {
    }

    public void Dispose() => _pending.Clear();

    private static int Send(Operation operation)
    {
        const int Flags = Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL;
        var sent = operation.Message is { } message
            ? Libc.sendmsg(operation.Descriptor, (byte*)message.Address, Flags)
            : Libc.send(operation.Descriptor, (byte*)operation.Memory.Address, (nuint)operation.Memory.Length, Flags);
        return sent >= 0 ? (int)sent : -(int)Libc.LastError;
    }
}
