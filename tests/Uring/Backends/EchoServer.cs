using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>Sends back what it receives; written as a connection would be, on the loop's operations alone.</summary>
internal sealed class EchoServer : ICompletionHandler
{
    private readonly EventLoop _loop;
    private readonly SegmentPool _pool;
    private readonly Operation _accept;
    private readonly int _listener;

    public EchoServer(EventLoop loop, SegmentPool pool, int listener)
    {
        _loop = loop;
        _pool = pool;
        _listener = listener;
        _accept = new Operation(this);
        loop.Accept(_accept, listener);
    }

    public int Accepted { get; private set; }

    public int Closed { get; private set; }

    /// <summary>Accepts no more.</summary>
    public void Stop() => _loop.Cancel(_accept);

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (result.Succeeded)
        {
            Accepted++;
            _ = new Connection(this, result.Count);
        }

        if (!result.More && result.Error != Errno.ECANCELED)
            _loop.Accept(_accept, _listener);
    }

    private sealed class Connection : ICompletionHandler
    {
        private readonly EchoServer _server;
        private readonly int _descriptor;
        private readonly Operation _receive;
        private readonly Operation _send;
        private readonly Operation _close;
        private readonly Segment _output;
        private int _from;
        private int _to;
        private bool _ended;

        public Connection(EchoServer server, int descriptor)
        {
            _server = server;
            _descriptor = descriptor;
            _receive = new Operation(this, 0);
            _send = new Operation(this, 1);
            _close = new Operation(this, 2);
            _output = server._pool.TryRent(1 << 20)!;
            server._loop.ReceiveMultishot(_receive, descriptor);
        }

        public void OnCompleted(Operation operation, in OperationResult result)
        {
            if (operation.Tag == 2)
            {
                _output.Release();
                _server.Closed++;
                return;
            }

            if (operation.Tag == 0)
                OnReceived(result);
            else
                _from += result.Count;
            if (_from < _to && !_send.IsPending)
                _server._loop.Send(_send, _descriptor, _output.Memory.Slice(_from, _to - _from));
            if (_from == _to)
                _from = _to = 0;
            if (_ended && !_send.IsPending && !_receive.IsPending)
                _server._loop.Close(_close, _descriptor);
        }

        private void OnReceived(in OperationResult result)
        {
            result.Received.Span.CopyTo(_output.Memory.Span[_to..]);
            _to += result.Received.Length;
            _ended |= result.Error == Errno.None ? result.Count == 0 : result.Error != Errno.ENOBUFS;
            if (!result.More && !_ended)
                _server._loop.ReceiveMultishot(_receive, _descriptor);
        }

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
