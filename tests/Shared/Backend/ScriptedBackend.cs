using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Testing.Backend;

/// <summary>A back end that does what a test says: it completes nothing by itself.</summary>
public sealed class ScriptedBackend : ILoopBackend, ISocketCalls
{
    /// <summary>Whether sends are zero-copy; a test says so.</summary>
    public bool SendsWithoutCopying { get; set; }

    private readonly Queue<Completion> _completions = new();
    private readonly FakeBufferPool _buffers;

    public ScriptedBackend(SegmentPool pool) => _buffers = new FakeBufferPool(pool, count: 4, bytes: 2048);

    /// <summary>Nanoseconds; the test moves it.</summary>
    public long Now { get; set; }

    public ISocketCalls Sockets => this;

    public LoopStatistics Statistics { get; } = new();

    /// <summary>Everything submitted, in order.</summary>
    public List<Operation> Submitted { get; } = [];

    public List<Operation> Cancelled { get; } = [];

    /// <summary>Socket options that were set, as level and option.</summary>
    public List<(int Level, int Option)> Options { get; } = [];

    /// <summary>What setting an option is answered.</summary>
    public Func<int, int, Errno> OptionAnswer { get; set; } = (_, _) => Errno.None;

    /// <summary>What looking for input finds.</summary>
    public bool HasInput { get; set; }

    /// <summary>The timeout of the last wait in nanoseconds.</summary>
    public long LastTimeout { get; private set; }

    public int Wakes { get; private set; }

    public int BuffersInUse => _buffers.InUse;

    /// <summary>Completes an operation in the next turn.</summary>
    public void Complete(Operation operation, int result, bool more = false, bool notification = false)
    {
        ArgumentNullException.ThrowIfNull(operation);
        _completions.Enqueue(new Completion(operation.UserData, result, more, Notification: notification));
    }

    /// <summary>The second completion of a part of a send without copying, by the number it had.</summary>
    public void Notify(ulong userData) => _completions.Enqueue(new Completion(userData, 0, Notification: true));

    public void Fail(Operation operation, Errno error, bool more = false) => Complete(operation, -(int)error, more);

    /// <summary>Completes a receive with bytes in a buffer of the pool.</summary>
    public void Receive(Operation operation, ReadOnlySpan<byte> bytes, bool more = true)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Receive(operation.UserData, bytes, more);
    }

    /// <summary>The same for an operation that may have ended.</summary>
    public void Receive(ulong userData, ReadOnlySpan<byte> bytes, bool more = true)
    {
        if (!_buffers.TryTake(out var buffer))
            throw new InvalidOperationException("Every buffer is in use.");
        bytes.CopyTo(_buffers.Memory(buffer).Span);
        _completions.Enqueue(new Completion(userData, bytes.Length, more, buffer));
    }

    public void Submit(Operation operation) => Submitted.Add(operation);

    public void Cancel(Operation operation) => Cancelled.Add(operation);

    public int Wait(Span<Completion> completions, long timeoutNanoseconds)
    {
        LastTimeout = timeoutNanoseconds;
        var count = 0;
        while (count < completions.Length && _completions.TryDequeue(out var completion))
            completions[count++] = completion;
        return count;
    }

    public NativeSlice Buffer(int bufferId) => _buffers.Memory(bufferId);

    public void ReturnBuffer(int bufferId) => _buffers.Return(bufferId);

    public void Wake() => Wakes++;

    public void Dispose() => _buffers.Dispose();

    Errno ISocketCalls.SetOption(int descriptor, int level, int option, ReadOnlySpan<byte> value)
    {
        Options.Add((level, option));
        return OptionAnswer(level, option);
    }

    Errno ISocketCalls.GetOption(int descriptor, int level, int option, Span<byte> value, out int length)
    {
        value.Clear();
        length = value.Length;
        return Errno.None;
    }

    Errno ISocketCalls.ShutdownSend(int descriptor) => Errno.None;

    Errno ISocketCalls.Reset(int descriptor) => Errno.None;

    bool ISocketCalls.HasInput(int descriptor) => HasInput;

    int ISocketCalls.PeerAddress(int descriptor, Span<byte> text) => 0;

    Errno ISocketCalls.Listen(IPEndPoint endPoint, ListenOptions options, out int descriptor, out IPEndPoint bound) =>
        throw new NotSupportedException("Nobody is listened to.");

    Errno ISocketCalls.Accept(int listener, out int descriptor) => throw new NotSupportedException("Nobody connects.");

    Errno ISocketCalls.OpenTcp(AddressFamily family, out int descriptor) => throw new NotSupportedException("Nobody is connected to.");

    Errno ISocketCalls.OpenUnix(out int descriptor) => throw new NotSupportedException("Nobody is connected to.");

    Errno ISocketCalls.Close(int descriptor) => Errno.None;
}
