using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Bench.Micro;

/// <summary>Sending a head and a body through io_uring, as two ranges or copied into one, and receiving both at the other end of a loopback
/// connection.</summary>
internal sealed class SocketSending(int body, bool joined)
    : Benchmark($"send 300 + {body:N0} B as {(joined ? "one range" : "two ranges")}", body), ICompletionHandler
{
    private const int HeadBytes = 300;

    private readonly SegmentStock _stock = new(new SegmentPool());
    private readonly byte[] _received = new byte[64 * 1024];
    private Operation? _operation;
    private EventLoop? _loop;
    private Segment? _body;
    private Socket? _server;
    private Socket? _client;
    private bool _completed;

    public override void Prepare()
    {
        var backend = RingBackend.TryCreate(new RingOptions(), out var failure) ?? throw new InvalidOperationException(failure!.Reason);
        _loop = new EventLoop(backend);
        _operation = new Operation(this);
        _body = _stock.TryRent(Bytes)!;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _client.Connect((IPEndPoint)listener.LocalEndpoint);
        _server = listener.AcceptSocket();
        _server.NoDelay = true;
    }

    public override void Run(int operations)
    {
        var descriptor = (int)_server!.Handle;
        for (var i = 0; i < operations; i++)
        {
            var head = _stock.TryRent(joined ? HeadBytes + Bytes : HeadBytes)!;
            var content = _body!.Memory.Slice(0, Bytes);
            if (joined)
            {
                content.Span.CopyTo(head.Memory.Span[HeadBytes..]);
                _loop!.Send(_operation!, descriptor, head.Memory.Slice(0, HeadBytes + Bytes));
            }
            else
            {
                _loop!.SendMessage(_operation!, descriptor, [head.Memory.Slice(0, HeadBytes), content]);
            }

            for (_completed = false; !_completed;)
                _loop.Turn();
            _stock.Return(head);
            for (var left = HeadBytes + Bytes; left > 0;)
                left -= _client!.Receive(_received);
        }
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");

    public void OnCompleted(Operation operation, in OperationResult result) =>
        _completed = result.Count == HeadBytes + Bytes
            ? true
            : throw new InvalidOperationException($"The send ended with {result.Error}, {result.Count} bytes.");
}
