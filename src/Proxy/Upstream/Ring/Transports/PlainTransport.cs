using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Upstream.Ring.Transports;

/// <summary>Bytes as they are, straight between the socket and memory.</summary>
internal sealed class PlainTransport : IOriginTransport, ICompletionHandler
{
    private readonly EventLoop _loop;
    private readonly Operation _receive;
    private readonly Operation _send;
    private ITransportOwner? _owner;
    private int _descriptor;
    private bool _isClosing;

    /// <param name="descriptor">A connected socket, which the transport closes.</param>
    public PlainTransport(EventLoop loop, int descriptor)
    {
        _loop = loop;
        _descriptor = descriptor;
        _receive = new Operation(this);
        _send = new Operation(this);
        // Heads and bodies of requests are wanted back at once, so that a copy is cheaper than a pinned page.
        _send.CopyOnThisSocket();
    }

    public long SentBytes { get; private set; }

    public bool HasInput => _loop.Sockets.HasInput(_descriptor);

    public void Bind(ITransportOwner owner) => _owner = owner;

    public bool TryReuse() => _receive.IsPending && !HasInput;

    public void Receive()
    {
        if (!_receive.IsPending)
            _loop.Receive(_receive, _descriptor);
    }

    public void ReceiveInto(NativeSlice memory) => _loop.ReceiveInto(_receive, _descriptor, memory);

    public void Send(ReadOnlySpan<NativeSlice> ranges)
    {
        if (ranges.Length == 1)
            _loop.Send(_send, _descriptor, ranges[0]);
        else
            _loop.SendMessage(_send, _descriptor, ranges);
    }

    // Where the origin has reset the connection meanwhile, the receive tells.
    public void EndSend() => _ = _loop.Sockets.ShutdownSend(_descriptor);

    public void Reset()
    {
        ResetOnClose.Set(_loop.Sockets, _descriptor);
        Close();
    }

    /// <summary>Told within the call where nothing is pending.</summary>
    public void Close()
    {
        _isClosing = true;
        _loop.Cancel(_receive);
        _loop.Cancel(_send);
        EndIfQuiet();
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (result.More)
            return;
        if (operation == _send)
            SentBytes += result.Count;
        if (_isClosing)
            EndIfQuiet();
        else if (operation == _send)
            _owner!.OnSent(new TransportResult(result));
        else
            _owner!.OnReceived(new TransportResult(result));
    }

    public void OnFault() => _owner!.OnFault();

    public int Surrender(AbandonedSocket heir)
    {
        _isClosing = true;
        var descriptor = _descriptor;
        _descriptor = -1;
        heir.TakeOver(_receive);
        heir.TakeOver(_send);
        return descriptor;
    }

    public void Discard()
    {
    }

    private void EndIfQuiet()
    {
        if (_receive.IsPending || _send.IsPending || _descriptor < 0)
            return;
        _ = _loop.Sockets.Close(_descriptor);
        _descriptor = -1;
        try
        {
            _owner!.OnReleased();
        }
        finally
        {
            _owner!.OnClosed();
        }
    }
}
