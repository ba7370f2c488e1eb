using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Testing;

/// <summary>A back end without a kernel: a seed decides the order of completions, where receives are cut and end, how short sends are, and what fails.
/// The same seed gives the same run.</summary>
public sealed class FakeBackend : ILoopBackend, ISocketCalls
{
    private const int BufferBytes = 4096;
    private const int BufferCount = 4;

    private readonly Random _random;
    private readonly List<Operation> _pending = [];
    private readonly HashSet<Operation> _cancelled = [];
    private readonly Dictionary<int, FakeSocket> _sockets = [];
    private readonly Segment[] _buffers;
    private readonly Stack<int> _freeBuffers = new();
    private int _nextDescriptor = 100;

    public FakeBackend(int seed, SegmentPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        _random = new Random(seed);
        _buffers = [.. Enumerable.Range(0, BufferCount).Select(_ => pool.TryRent(BufferBytes)!)];
        for (var i = 0; i < BufferCount; i++)
            _freeBuffers.Push(i);
    }

    public long Now { get; private set; }

    public ISocketCalls Sockets => this;

    public LoopStatistics Statistics { get; } = new();

    /// <summary>Chances of 1,000 that a send or a receive fails as if the peer had reset the connection.</summary>
    public int FailuresPerThousand { get; init; } = 2;

    public int OpenSockets => _sockets.Values.Count(socket => !socket.IsClosed);

    public int BuffersInUse => BufferCount - _freeBuffers.Count;

    /// <summary>Opens a connected socket.</summary>
    public FakeSocket Open(out int descriptor)
    {
        descriptor = _nextDescriptor++;
        return _sockets[descriptor] = new FakeSocket();
    }

    public void Submit(Operation operation) => _pending.Add(operation);

    public void Cancel(Operation operation) => _cancelled.Add(operation);

    public int Wait(Span<Completion> completions, long timeoutNanoseconds)
    {
        var ready = _pending.Where(CanComplete).ToArray();
        if (ready.Length == 0)
        {
            Now += Math.Max(timeoutNanoseconds, 1000);
            return 0;
        }

        Now += _random.Next(1000, 1_000_000);
        _random.Shuffle(ready);
        var count = 0;
        foreach (var operation in ready.Take(_random.Next(1, ready.Length + 1)))
        {
            var completion = Complete(operation);
            if (!completion.More)
            {
                _pending.Remove(operation);
                _cancelled.Remove(operation);
            }

            completions[count++] = completion;
        }

        return count;
    }

    public NativeSlice Buffer(int bufferId) => _buffers[bufferId].Memory;

    public void ReturnBuffer(int bufferId)
    {
        if (_freeBuffers.Contains(bufferId))
            throw new InvalidOperationException($"Buffer {bufferId} was returned twice.");
        _freeBuffers.Push(bufferId);
    }

    public void Wake()
    {
        // All work is posted by the thread that turns the loop.
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Release();
    }

    public Errno SetOption(int descriptor, int level, int option, ReadOnlySpan<byte> value) => Errno.None;

    public Errno GetOption(int descriptor, int level, int option, Span<byte> value, out int length)
    {
        length = 0;
        return Errno.ENOPROTOOPT;
    }

    public Errno ShutdownSend(int descriptor)
    {
        var socket = _sockets[descriptor];
        if (socket.IsReset)
            return Errno.ENOTCONN;
        socket.WasShutDown = true;
        return Errno.None;
    }

    public int PeerAddress(int descriptor, Span<byte> text) => System.Text.Encoding.ASCII.GetBytes("127.0.0.1", text);

    public Errno Listen(IPEndPoint endPoint, ListenOptions options, out int descriptor, out IPEndPoint bound) =>
        throw new NotSupportedException("Connections are opened by the test.");

    public Errno OpenTcp(AddressFamily family, out int descriptor) => throw new NotSupportedException("Connections are opened by the test.");

    public Errno Close(int descriptor)
    {
        _sockets[descriptor].IsClosed = true;
        return Errno.None;
    }

    private bool CanComplete(Operation operation)
    {
        var socket = _sockets[operation.Descriptor];
        if (_cancelled.Contains(operation) || operation.Kind is OperationKind.Close or OperationKind.Poll || socket.IsReset)
            return true;
        return operation.Kind is OperationKind.Send or OperationKind.SendMessage ? !socket.Stalls : socket.Available > 0 || socket.HasEnded;
    }

    private Completion Complete(Operation operation)
    {
        var socket = _sockets[operation.Descriptor];
        if (socket.IsClosed)
            throw new InvalidOperationException($"{operation.Kind} was pending on a closed descriptor.");
        if (operation.Kind == OperationKind.Close)
        {
            if (_pending.Exists(other => other != operation && other.Descriptor == operation.Descriptor))
                throw new InvalidOperationException("A descriptor was closed while something was pending on it.");
            socket.IsClosed = true;
            return new Completion(operation.UserData, 0);
        }

        if (_cancelled.Contains(operation) && _random.Next(2) == 0)
            return Failed(operation, Errno.ECANCELED);
        if (_random.Next(1000) < FailuresPerThousand)
            socket.IsReset = true;
        if (socket.IsReset)
            return Failed(operation, Errno.ECONNRESET);
        return operation.Kind switch
        {
            OperationKind.Send or OperationKind.SendMessage => Send(operation, socket),
            OperationKind.Receive or OperationKind.ReceiveMultishot => Receive(operation, socket),
            OperationKind.Poll => new Completion(operation.UserData, (int)operation.Events),
            _ => throw new NotSupportedException($"{operation.Kind} isn't faked."),
        };
    }

    private Completion Send(Operation operation, FakeSocket socket)
    {
        if (socket.Stalls)
            return Failed(operation, Errno.ECANCELED);
        using var bytes = new MemoryStream();
        if (operation.Kind == OperationKind.Send)
            bytes.Write(operation.Memory.Span);
        for (var i = 0; i < (operation.Message?.RangeCount ?? 0); i++)
            bytes.Write(operation.Message!.Range(i).Span);
        var count = _random.Next(3) == 0 ? _random.Next(1, (int)bytes.Length + 1) : (int)bytes.Length;
        socket.Sent.Write(bytes.GetBuffer(), 0, count);
        return new Completion(operation.UserData, count);
    }

    private Completion Receive(Operation operation, FakeSocket socket)
    {
        if (socket.Available == 0)
            return socket.HasEnded ? new Completion(operation.UserData, 0) : Failed(operation, Errno.ECANCELED);
        if (_freeBuffers.Count == 0 || _random.Next(50) == 0)
            return Failed(operation, Errno.ENOBUFS);
        var count = Math.Min(socket.Available, _random.Next(4) == 0 ? _random.Next(1, 20) : _random.Next(1, BufferBytes + 1));
        var buffer = _freeBuffers.Pop();
        socket.Read(_buffers[buffer].Memory.Span[..count]);
        var more = operation.Kind == OperationKind.ReceiveMultishot && !_cancelled.Contains(operation) && _random.Next(10) != 0;
        return new Completion(operation.UserData, count, more, buffer);
    }

    private static Completion Failed(Operation operation, Errno error) => new(operation.UserData, -(int)error);
}
