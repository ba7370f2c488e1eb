using System.Net;
using System.Net.Sockets;
using TlsProxy.Testing.Lives;
using TlsProxy.Uring;
using TlsProxy.Uring.Epoll;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>What epoll's back end knows of a descriptor is forgotten with the descriptor, whatever is pending on it.</summary>
public sealed class DescriptorLifeTests : IDisposable
{
    // Tests beside this one open and close descriptors too, so the number of a closed one may be taken.
    private const int NumberTriesMaximum = 1000;

    private const uint POLLIN = 1;

    private readonly SegmentPool _pool = new();
    private readonly EventLoop _loop;
    private readonly ILoopBackend _backend;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public DescriptorLifeTests()
    {
        _backend = EpollBackend.TryCreate(new EpollOptions(), out var failure)!;
        Assert.True(_backend is not null, failure?.Reason);
        _loop = new EventLoop(_backend);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public static TheoryData<OperationKind> Kinds =>
        new(Enum.GetValues<OperationKind>().Except([OperationKind.None, OperationKind.Accept, OperationKind.Connect, OperationKind.Close]));

    public void Dispose()
    {
        _loop.Dispose();
        _listener.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_descriptor_that_closes_leaves_a_state_like_a_new_one(OperationKind kind)
    {
        foreach (var isCall in new[] { false, true })
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(_listener.LocalEndPoint!);
            var accepted = _listener.Accept();
            var owner = new RecordingOwner();
            var memory = _pool.TryRent(4 << 20)!;
            Submit(new Operation(owner), kind, (int)accepted.SafeHandle.DangerousGetHandle(), memory.Memory);
            _loop.Turn(wait: false);
            _loop.Turn(wait: false);

            Close(owner, (int)accepted.SafeHandle.DangerousGetHandle(), isCall);
            accepted.SafeHandle.SetHandleAsInvalid();
            memory.Release();

            var ended = Assert.Single(Peek.Elements(_backend, "_descriptors", "_free"));
            var fresh = Activator.CreateInstance(ended.GetType(), nonPublic: true)!;
            Assert.Empty(new LifeComparison(new SurvivingFields()).Differences(ended, fresh));
        }
    }

    [Fact]
    public void A_call_that_closes_ends_what_is_pending_though_it_wasn_t_tried_yet()
    {
        RecordingOwner owner;
        int first, second;
        var tries = 0;
        do
        {
            Assert.True(tries++ < NumberTriesMaximum, "the number of a closed descriptor was never free");
            owner = new RecordingOwner();
            Assert.Equal(Errno.None, _loop.Sockets.OpenTcp(AddressFamily.InterNetwork, out first));
            _loop.Receive(new Operation(owner), first);
            Assert.Equal(Errno.None, _loop.Sockets.Close(first));
            Assert.Equal(Errno.None, _loop.Sockets.OpenTcp(AddressFamily.InterNetwork, out second));
        }
        while (first != second && _loop.Sockets.Close(second) == Errno.None);

        Assert.Equal(first, second);
        _loop.Receive(new Operation(owner), second);

        Close(owner, second, isCall: false);

        // The second one found a socket without a connection.
        Assert.Equal([Errno.ECANCELED, Errno.ENOTCONN, Errno.None], owner.Errors);
    }

    private void Submit(Operation operation, OperationKind kind, int descriptor, NativeSlice memory)
    {
        switch (kind)
        {
            case OperationKind.Receive:
                _loop.Receive(operation, descriptor);
                break;
            case OperationKind.ReceiveMultishot:
                _loop.ReceiveMultishot(operation, descriptor);
                break;
            case OperationKind.ReceiveInto:
                _loop.ReceiveInto(operation, descriptor, memory);
                break;
            case OperationKind.ReceiveMessage:
                _loop.ReceiveMessage(operation, descriptor, memory);
                break;
            case OperationKind.Send:
                _loop.Send(operation, descriptor, memory);
                break;
            case OperationKind.SendMessage:
                _loop.SendMessage(operation, descriptor, [memory, memory]);
                break;
            case OperationKind.Poll:
                _loop.Poll(operation, descriptor, POLLIN);
                break;
            default:
                throw new InvalidOperationException($"There is no way to submit {kind}.");
        }
    }

    /// <summary>Closes by an operation, or by a call while the operation is pending.</summary>
    private void Close(RecordingOwner owner, int descriptor, bool isCall)
    {
        if (isCall)
            _ = _loop.Sockets.Close(descriptor);
        else
            _loop.Close(new Operation(owner), descriptor);
        for (var turn = 0; _loop.PendingOperations > 0; turn++)
        {
            Assert.True(turn < 100, "an operation never ends");
            _loop.Turn(wait: false);
        }
    }

    private sealed class RecordingOwner : ICompletionHandler
    {
        public List<Errno> Errors { get; } = [];

        public void OnCompleted(Operation operation, in OperationResult result) => Errors.Add(result.Error);

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
