using System.Net;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Testing.Backend;

/// <summary>A back end without a kernel: a seed decides the order of completions, where receives are cut and end, how short sends are, and
/// what fails. The same seed gives the same run. What a kernel would answer with corruption, such as two sends at once, ends the run with
/// an exception.</summary>
public sealed class FakeBackend : ILoopBackend
{
    private const long TurnMaximum = 1_000_000;
    private const long IdleStepMaximum = 20_000_000;

    private readonly Random _random;
    private readonly FakeFaults _faults;
    private readonly FakeKernel _kernel;
    private readonly FakeClock _clock;
    private readonly FakeDescriptors _descriptors = new();
    private readonly OutstandingOperations _outstanding = new();
    private readonly FakeBufferPool _buffers;
    private readonly FakeCompletionQueue _queue;
    private readonly FakeTransfers _transfers;
    private readonly FakeConnects _connects;
    private readonly List<PendingOperation> _ready = [];

    /// <param name="pool">Where the receive buffers come from.</param>
    /// <param name="network">What sockets can connect to; null for nothing.</param>
    public FakeBackend(
        Random random, SegmentPool pool, FakeKernel kernel, FakeFaults faults, FakeClock? clock = null, FakeNetwork? network = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _random = random;
        _kernel = kernel;
        _faults = faults;
        _clock = clock ?? new FakeClock();
        _buffers = new FakeBufferPool(pool, kernel.ReceiveBuffers, kernel.ReceiveBufferBytes);
        _queue = new FakeCompletionQueue(random, faults, _buffers, _outstanding, Statistics);
        _connects = new FakeConnects(random, faults, network ?? new FakeNetwork(), _clock, _queue);
        _transfers = new FakeTransfers(random, faults, kernel, _buffers, _descriptors, _queue, _connects);
        Sockets = new FakeSocketCalls(_descriptors, _outstanding, kernel, faults, random);
    }

    public long Now => _clock.Now;

    public ISocketCalls Sockets { get; }

    public LoopStatistics Statistics { get; } = new();

    public bool SendsWithoutCopying => _kernel.SendsWithoutCopying;

    public int OpenDescriptors => _descriptors.Count;

    public int BuffersInUse => _buffers.InUse;

    /// <summary>A number that two runs share only if all their completions were the same.</summary>
    public ulong Digest => _queue.Digest;

    /// <summary>Receives a line for each submission and completion, to see what a seed does.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>Called where work is posted, on the poster's thread: what another thread could do just then may be done here.</summary>
    public Action? OnWake { get; set; }

    /// <summary>Opens a listening socket.</summary>
    public int Listen()
    {
        Sockets.Listen(new IPEndPoint(IPAddress.Loopback, 443), new ListenOptions(), out var descriptor, out _);
        return descriptor;
    }

    /// <summary>Connects to a listening socket; it may take a while until the connection is accepted, if it ever is.</summary>
    public FakeSocket Connect(int listener)
    {
        var socket = new FakeSocket(_random, _kernel.SendBufferBytes);
        ((FakeListener)_descriptors.Find(listener)).Waiting.Enqueue(socket);
        return socket;
    }

    /// <summary>Opens a connection that was accepted already.</summary>
    public FakeSocket Open(out int descriptor)
    {
        var socket = new FakeSocket(_random, _kernel.SendBufferBytes);
        descriptor = _descriptors.Add(socket);
        return socket;
    }

    public void Submit(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Trace?.Invoke($"submit {operation.Kind} on {operation.Descriptor}");
        var pending = new PendingOperation(operation, _descriptors.Find(operation.Descriptor));
        if (pending is { File: FakeSocket { IsConnected: false }, Kind: not (OperationKind.Connect or OperationKind.Close) })
            throw new InvalidOperationException($"{operation.Kind} was submitted on a socket without a peer.");
        _outstanding.Add(pending);
        if (pending.Kind == OperationKind.Connect)
            _connects.Begin(pending);
    }

    public void Cancel(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Trace?.Invoke($"cancel {operation.Kind} on {operation.Descriptor}");
        if (_outstanding.Find(operation.UserData) is { } pending)
            pending.IsCancelled = true;
    }

    public int Wait(Span<Completion> completions, long timeoutNanoseconds)
    {
        Statistics.CountEnter();
        _queue.BeginTurn();
        foreach (var socket in _descriptors.Sockets)
        {
            if (socket is { IsReset: false, Tls: { } tls } && _random.Next(3) == 0)
                tls.Push(socket);
        }

        _ready.Clear();
        _ready.AddRange(_outstanding.Active.Where(_transfers.IsReady));
        var isLong = _random.Next(1000) < _faults.LongWaits;
        if (isLong || (_ready.Count == 0 && _queue.IsEmpty))
        {
            WaitInVain(timeoutNanoseconds, isLong);
            Trace?.Invoke($"nothing until {Now / 1_000_000} ms");
            return 0;
        }

        _clock.Advance(_random.NextInt64(1000, TurnMaximum));
        Shuffle(_ready);
        var steps = _ready.Count == 0 ? 0 : _random.Next(1, _ready.Count + 1);
        for (var i = 0; i < steps; i++)
            _transfers.Step(_ready[i]);
        return _queue.Deliver(completions, Trace);
    }

    public NativeSlice Buffer(int bufferId) => _buffers.Memory(bufferId);

    public void ReturnBuffer(int bufferId) => _buffers.Return(bufferId);

    public void Wake() => OnWake?.Invoke();

    public void Dispose() => _buffers.Dispose();

    /// <summary>Mostly the peers do something soon; by chance nobody does until the timeout.</summary>
    private void WaitInVain(long timeoutNanoseconds, bool isLong)
    {
        var step = _random.NextInt64(1000, IdleStepMaximum);
        var wait = timeoutNanoseconds < 0 ? step : timeoutNanoseconds;
        _clock.Advance(isLong ? wait : Math.Min(wait, step));
    }

    private void Shuffle(List<PendingOperation> operations)
    {
        for (var i = operations.Count - 1; i > 0; i--)
        {
            var other = _random.Next(i + 1);
            (operations[i], operations[other]) = (operations[other], operations[i]);
        }
    }
}
