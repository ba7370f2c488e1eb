using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections;

/// <summary>A worker's own listening socket (SO_REUSEPORT). When descriptors or memory run out it pauses, and goes on when a connection has ended or
/// after a moment.</summary>
internal sealed class Listener : ICompletionHandler, IDeadlineHandler
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Worker _worker;
    private readonly int _descriptor;
    private readonly ListenerTraits _traits;
    private readonly Operation _accept;
    private readonly Operation _close;
    private readonly Deadline _resume;
    private bool _stopping;
    private bool _closed;

    public Listener(Worker worker, int descriptor, ListenerTraits traits)
    {
        _worker = worker;
        _descriptor = descriptor;
        _traits = traits;
        _accept = new Operation(this);
        _close = new Operation(this);
        _resume = new Deadline(this);
    }

    public bool IsClosed => _closed;

    public void Start() => _worker.Loop.Accept(_accept, _descriptor);

    /// <summary>Accepts no more and closes the socket.</summary>
    public void Stop()
    {
        if (_stopping)
            return;
        _stopping = true;
        EventLoop.Disarm(_resume);
        if (_accept.IsPending)
            _worker.Loop.Cancel(_accept);
        else
            _worker.Loop.Close(_close, _descriptor);
    }

    /// <summary>Goes on at once if accepting had paused.</summary>
    public void Resume()
    {
        if (!_resume.IsArmed)
            return;
        EventLoop.Disarm(_resume);
        Start();
    }

    public void OnDeadline(Deadline deadline) => Start();

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (operation == _close)
        {
            _closed = true;
            _worker.OnListenerClosed();
            return;
        }

        if (result.Succeeded)
            _worker.Accept(result.Count, _traits);
        if (result.More)
            return;
        if (_stopping)
        {
            _worker.Loop.Close(_close, _descriptor);
        }
        else if (result.Error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS)
        {
            _worker.Counters.CountAcceptPause();
            _worker.Loop.Arm(_resume, Pause);
        }
        else
        {
            Start();
        }
    }
}
