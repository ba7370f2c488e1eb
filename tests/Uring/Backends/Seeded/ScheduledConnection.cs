using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Backends.Seeded;

/// <summary>The loop's side of a connection, which follows a plan.</summary>
internal sealed class ScheduledConnection : ICompletionHandler
{
    private const int ReceiveTag = 0;
    private const int SendTag = 1;
    private const int CloseTag = 2;

    private readonly EventLoop _loop;
    private readonly ConnectionPlan _plan;
    private readonly int _descriptor;
    private readonly Random _random;
    private readonly Segment _output;
    private readonly Operation _receive;
    private readonly Operation _send;
    private readonly Operation _close;
    private bool _inputEnded;
    private bool _outputEnded;
    private bool _givesUp;

    public ScheduledConnection(EventLoop loop, SegmentPool pool, ConnectionPlan plan, int descriptor)
    {
        _loop = loop;
        _plan = plan;
        _descriptor = descriptor;
        _random = new Random(plan.Seed);
        _output = pool.TryRent(Pattern.LengthMaximum)!;
        (_receive, _send, _close) = (new Operation(this, ReceiveTag), new Operation(this, SendTag), new Operation(this, CloseTag));
        Receive();
        Continue();
    }

    public long Received { get; private set; }

    public long Sent { get; private set; }

    /// <summary>The peer has reset it.</summary>
    public bool WasReset { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>Called when it has been closed.</summary>
    public required Action Closed { get; init; }

    public Exception? Fault { get; private set; }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        try
        {
            Take(operation, result);
        }
        catch (Xunit.Sdk.XunitException exception)
        {
            // The loop goes on, so that the test ends and says so.
            Fault ??= exception;
            GiveUp();
        }

        Continue();
    }

    private void Take(Operation operation, in OperationResult result)
    {
        Assert.False(IsClosed, "Something completed after the close.");
        Assert.Equal(result.More, operation.IsPending);
        switch (operation.Tag)
        {
            case ReceiveTag:
                OnReceived(result);
                break;
            case SendTag:
                Sent += result.Count;
                if (!IsTransient(result.Error))
                    OnReset(result.Error);
                break;
            default:
                Assert.Equal(Errno.None, result.Error);
                _output.Release();
                IsClosed = true;
                Closed();
                break;
        }
    }

    private void OnReceived(in OperationResult result)
    {
        Pattern.Check(result.Received.Span, Received);
        Received += result.Received.Length;
        if (result.Error == Errno.None)
            _inputEnded |= result.Count == 0;
        else if (!IsTransient(result.Error))
            OnReset(result.Error);
        if (Received >= _plan.GivesUpAfter)
            GiveUp();
        else if (result.More && _random.Next(1000) < _plan.Cancels)
            _loop.Cancel(_receive);
    }

    /// <summary>What an owner of operations has to expect at any time, and tries again after.</summary>
    private static bool IsTransient(Errno error) => error is Errno.None or Errno.ENOBUFS or Errno.ECANCELED or Errno.EINTR or Errno.EAGAIN;

    private void OnReset(Errno error)
    {
        Assert.True(error is Errno.ECONNRESET or Errno.EPIPE, $"It failed: {error}.");
        WasReset = true;
        GiveUp();
    }

    private void GiveUp()
    {
        if (_givesUp)
            return;
        _givesUp = true;
        if (_receive.IsPending)
            _loop.Cancel(_receive);
        if (_send.IsPending)
            _loop.Cancel(_send);
    }

    /// <summary>Submits what is due.</summary>
    private void Continue()
    {
        if (IsClosed || _close.IsPending)
            return;
        if (!_givesUp && !_receive.IsPending && !_inputEnded)
            Receive();
        if (!_givesUp && !_send.IsPending && Sent < _plan.Sends)
            Send();
        if (!_givesUp && !_send.IsPending && Sent == _plan.Sends && !_outputEnded)
        {
            _outputEnded = true;
            _loop.Sockets.ShutdownSend(_descriptor);
        }

        if ((_givesUp || (_outputEnded && _inputEnded)) && !_receive.IsPending && !_send.IsPending)
            _loop.Close(_close, _descriptor);
    }

    private void Receive()
    {
        if (_plan.IsMultishot)
            _loop.ReceiveMultishot(_receive, _descriptor);
        else
            _loop.Receive(_receive, _descriptor);
    }

    private void Send()
    {
        var length = (int)Math.Min(_plan.Sends - Sent, _random.Next(1, _plan.SendMaximum + 1));
        Pattern.At(Sent, length).CopyTo(_output.Memory.Span);
        var memory = _output.Memory.Slice(0, length);
        if (_random.Next(2) == 0)
        {
            _loop.Send(_send, _descriptor, memory);
            return;
        }

        var cut = _random.Next(length + 1);
        _loop.SendMessage(_send, _descriptor, [memory.Slice(0, cut), memory.Slice(cut)]);
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
