using System.Collections.Concurrent;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>A back end of the kernel's whose calls are points of a plan: it throws there, refuses an operation, or has a send take less. It
/// counts the descriptors that are open.</summary>
internal sealed class FaultingBackend : ILoopBackend
{
    private readonly ILoopBackend _kernel;
    private readonly FaultPlan _plan;
    private readonly FaultingSockets _sockets;
    private readonly Dictionary<ulong, Operation> _watched = [];
    private readonly HashSet<Operation> _refused = [];
    private readonly Queue<Completion> _failed = new();

    public FaultingBackend(ILoopBackend kernel, FaultPlan plan)
    {
        _kernel = kernel;
        _plan = plan;
        _sockets = new FaultingSockets(kernel.Sockets, plan);
    }

    /// <summary>Connections whose descriptor is open.</summary>
    public int OpenDescriptors => _sockets.Open.Count;

    /// <summary>Descriptors that were closed twice, or that nobody had accepted.</summary>
    public ConcurrentQueue<int> WronglyClosed => _sockets.WronglyClosed;

    public long Now => _kernel.Now;

    public ISocketCalls Sockets => _sockets;

    public LoopStatistics Statistics => _kernel.Statistics;

    public bool SendsWithoutCopying => _kernel.SendsWithoutCopying;

    public void Submit(Operation operation)
    {
        // What a socket refuses to send without a copy the loop submits again, and the rest of what it took in part, outside of callbacks.
        if (!_refused.Remove(operation) && operation.TakenBytes == 0)
            _plan.Pass($"submit {operation.Kind}");
        var point = $"{operation.Owner.GetType().Name}.{operation.Kind}";
        if (ErrorOf(operation.Kind, point) is not Errno.None and var error)
        {
            _failed.Enqueue(new Completion(operation.UserData, -(int)error));
            return;
        }

        if (operation.Kind is OperationKind.Send or OperationKind.SendMessage && _plan.Takes(FaultKind.ShortSend, point))
            ShortSends.TryShorten(operation);
        if (operation.Kind is OperationKind.Accept or OperationKind.Send or OperationKind.SendMessage)
            _watched[operation.UserData] = operation;
        if (operation.Kind is OperationKind.Close)
            _sockets.OnClose(operation.Descriptor);
        _kernel.Submit(operation);
    }

    public void Cancel(Operation operation)
    {
        _plan.Pass($"cancel {operation.Kind}");
        _kernel.Cancel(operation);
    }

    public int Wait(Span<Completion> completions, long timeoutNanoseconds)
    {
        var count = _kernel.Wait(completions, _failed.Count > 0 ? 0 : timeoutNanoseconds);
        foreach (var completion in completions[..count])
        {
            if (!_watched.TryGetValue(completion.UserData, out var operation))
                continue;
            if (completion.Result >= 0 && operation.Kind == OperationKind.Accept)
                _sockets.Open.TryAdd(completion.Result, true);
            if (completion.Result == -(int)Errno.EOPNOTSUPP)
                _refused.Add(operation);
            if (!completion.More)
                _watched.Remove(completion.UserData);
        }

        while (count < completions.Length && _failed.TryDequeue(out var failed))
            completions[count++] = failed;
        return count;
    }

    public NativeSlice Buffer(int bufferId) => _kernel.Buffer(bufferId);

    public void ReturnBuffer(int bufferId) => _kernel.ReturnBuffer(bufferId);

    public void Wake() => _kernel.Wake();

    public void Dispose() => _kernel.Dispose();

    private Errno ErrorOf(OperationKind kind, string point)
    {
        if (kind == OperationKind.Accept && _plan.Takes(FaultKind.NoDescriptors, point))
            return Errno.EMFILE;
        var needsBuffers = kind is OperationKind.Accept or OperationKind.Receive or OperationKind.ReceiveMultishot
            or OperationKind.Send or OperationKind.SendMessage;
        return needsBuffers && _plan.Takes(FaultKind.NoBuffers, point) ? Errno.ENOBUFS : Errno.None;
    }
}
