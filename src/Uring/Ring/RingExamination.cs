using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Ring;

/// <summary>Tries what a ring makes use of on a loopback connection: the kernel's list of operations (IORING_REGISTER_PROBE) doesn't tell
/// of flags.</summary>
public static class RingExamination
{
    /// <summary>Runs the examination on the calling thread; it takes some milliseconds.</summary>
    /// <returns>The features, or none where there is no ring at all.</returns>
    public static IReadOnlyList<RingFeature> Run()
    {
        using var backend = RingBackend.TryCreate(new RingOptions(), out _);
        if (backend is null)
            return [];
        using var loop = new EventLoop(backend);
        using var trial = new Trial(loop);
        return
        [
            new("deferred task work", backend.DefersTaskWork, backend.DefersTaskWork
                ? "completions are posted when the worker asks for them"
                : "Linux 6.1 or later has it; completions interrupt the worker instead"),
            trial.Accept(),
            trial.Receive(),
            Trying(
                "zero-copy send", new RingOptions { SendZeroCopy = true },
                trial => trial.Send("Linux 6.1 or later has it; --tune send-zc would copy")),
            Trying(
                "registered buffers", new RingOptions { FixedBuffers = true },
                trial => trial.Send("--tune fixed-buffers can't be used")),
        ];
    }

    private static RingFeature Trying(string name, RingOptions options, Func<Trial, string?> attempt)
    {
        using var backend = RingBackend.TryCreate(options, out var failure);
        if (backend is null)
            return new RingFeature(name, false, failure!.Reason);
        using var loop = new EventLoop(backend);
        using var trial = new Trial(loop);
        var reason = attempt(trial);
        return new RingFeature(name, reason is null, reason ?? "works; off unless --tune asks for it");
    }

    /// <summary>A listener, two clients, and what completes.</summary>
    private sealed class Trial : ICompletionHandler, IDeadlineHandler, IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

        private readonly EventLoop _loop;
        private readonly Operation _accept;
        private readonly Operation _transfer;
        private readonly Deadline _deadline;
        private readonly List<int> _descriptors = [];
        private readonly List<Socket> _clients = [];
        private readonly int _port;
        private int _completions;
        private bool _more;
        private bool _late;
        private Errno _error;

        public Trial(EventLoop loop)
        {
            _loop = loop;
            _accept = new Operation(this);
            _transfer = new Operation(this);
            _deadline = new Deadline(this);
            loop.Sockets.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), out var listener, out var bound);
            _descriptors.Add(listener);
            _port = bound.Port;
            loop.Accept(_accept, listener);
        }

        /// <summary>The loop contains no faults.</summary>
        public void OnFault()
        {
        }

        public RingFeature Accept()
        {
            Connect();
            var first = Await(1) && _more;
            Connect();
            var works = first && Await(1) && _more;
            return new RingFeature(
                "multishot accept", works,
                works ? "one operation accepts all connections" : "Linux 5.19 or later has it; use --tune multishot=0");
        }

        public RingFeature Receive()
        {
            _loop.ReceiveMultishot(_transfer, _descriptors[1]);
            _clients[0].Send("first"u8);
            var first = Await(1) && _more;
            _clients[0].Send("second"u8);
            var works = first && Await(1) && _more;
            return new RingFeature(
                "multishot receive", works,
                works ? "one operation receives all of a connection" : "Linux 6.0 or later has it; use --tune multishot=0");
        }

        /// <returns>Null when a send arrives, or the reason given.</returns>
        public string? Send(string reason)
        {
            Connect();
            if (!Await(1))
                return reason;
            using var pool = new SegmentPool();
            var segment = pool.TryRent(5);
            if (segment is null)
                return "there is no memory to try it with";
            "hello"u8.CopyTo(segment.Memory.Span);
            _loop.Send(_transfer, _descriptors[1], segment.Memory.Slice(0, 5));
            var sent = Await(1) && _error == Errno.None;
            Span<byte> received = stackalloc byte[5];
            _clients[0].ReceiveTimeout = (int)Patience.TotalMilliseconds;
            var works = sent && _clients[0].Receive(received) == 5 && received.SequenceEqual("hello"u8);
            segment.Release();
            return works ? null : reason;
        }

        public void OnCompleted(Operation operation, in OperationResult result)
        {
            _completions++;
            _more = result.More;
            _error = result.Error;
            if (operation == _accept && result.Succeeded)
                _descriptors.Add(result.Count);
        }

        public void OnDeadline(Deadline deadline) => _late = true;

        public void Dispose()
        {
            // The operations end before the ring's memory goes.
            _loop.Cancel(_accept);
            _loop.Cancel(_transfer);
            _late = false;
            _loop.Arm(_deadline, Patience);
            while (_loop.PendingOperations > 0 && !_late)
                _loop.Turn();
            EventLoop.Disarm(_deadline);
            foreach (var client in _clients)
                client.Dispose();
            foreach (var descriptor in _descriptors)
                _loop.Sockets.Close(descriptor);
        }

        private void Connect()
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            client.Connect(IPAddress.Loopback, _port);
            _clients.Add(client);
        }

        /// <summary>Turns until so many operations have completed, within a limit.</summary>
        private bool Await(int completions)
        {
            var wanted = _completions + completions;
            _late = false;
            _loop.ReadClock();
            _loop.Arm(_deadline, Patience);
            while (_completions < wanted && !_late)
                _loop.Turn();
            EventLoop.Disarm(_deadline);
            return !_late;
        }
    }
}
