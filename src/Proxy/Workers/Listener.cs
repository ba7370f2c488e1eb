using TlsProxy.Proxy.Connections;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.PollConstants;

namespace TlsProxy.Proxy.Workers;

/// <summary>A worker's own listening socket (SO_REUSEPORT). While there is plenty of room the kernel accepts on its own; near the limit
/// each connection is accepted by a call. At the limit, or when descriptors or memory run out, it has idle connections ended and pauses,
/// and goes on when a connection has ended or after a moment.</summary>
internal sealed class Listener : ICompletionHandler, IDeadlineHandler
{
    // More than a backlog holds, and few enough that a flood of connections or of errors doesn't keep a listener from its end.
    private const int RestMaximum = 8192;

    // Connections accepted by calls before others have their turn.
    private const int BatchMaximum = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Worker _worker;
    private readonly int _descriptor;
    private readonly ListenerTraits _traits;
    private readonly Operation _accept;
    private readonly Deadline _resume;
    private bool _stopping;
    private bool _polls;
    private bool _cancelled;

    public Listener(Worker worker, int descriptor, ListenerTraits traits)
    {
        _worker = worker;
        _descriptor = descriptor;
        _traits = traits;
        _accept = new Operation(this);
        _resume = new Deadline(this);
    }

    public bool IsClosed { get; private set; }

    private ConnectionLimit Limit => _worker.Settings.Connections;

    public void Start()
    {
        _cancelled = false;
        _polls = !Limit.IsPlentiful;
        if (_polls)
            _worker.Loop.Poll(_accept, _descriptor, POLLIN);
        else
            _worker.Loop.Accept(_accept, _descriptor);
    }

    /// <summary>Accepts what waits already, and closes the socket.</summary>
    public void Stop()
    {
        if (_stopping)
            return;
        _stopping = true;
        EventLoop.Disarm(_resume);
        if (_accept.IsPending)
            _worker.Loop.Cancel(_accept);
        else
            End();
    }

    /// <summary>Goes on at once if accepting had paused.</summary>
    public void Resume()
    {
        if (!_resume.IsArmed)
            return;
        EventLoop.Disarm(_resume);
        GoOn();
    }

    public void OnDeadline(Deadline deadline) => GoOn();

    /// <summary>Closes the socket, whoever waits: nobody is served any more.</summary>
    public void Abort()
    {
        EventLoop.Disarm(_resume);
        if (_stopping && !_accept.IsPending)
            Close();
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (result.Succeeded && !_polls)
        {
            _worker.Share.Take();
            _worker.Accept(result.Count, _traits);
        }

        if (result.More)
            StopNearLimit();
        else if (_stopping)
            End();
        else if (_polls)
            AcceptWaiting();
        else if (IsShortage(result.Error))
            PauseAccepts(result.Error);
        else
            Start();
    }

    /// <summary>Takes accepting over from the kernel, which knows of no limit.</summary>
    private void StopNearLimit()
    {
        if (_cancelled || _stopping || Limit.IsPlentiful)
            return;
        _cancelled = true;
        _worker.Loop.Cancel(_accept);
    }

    private void AcceptWaiting()
    {
        var error = AcceptRest(BatchMaximum);
        if (error is Errno.EAGAIN or Errno.None)
            Start();
        else
            PauseAccepts(error);
    }

    /// <summary>What a listener does it does again: it belongs to no client.</summary>
    public void OnFault()
    {
        if (_stopping && _accept.IsPending)
            _worker.Loop.Cancel(_accept);
        else if (!_accept.IsPending && !_resume.IsArmed && !IsClosed)
            _worker.Loop.Arm(_resume, Pause);
    }

    private static bool IsShortage(Errno error) => error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS;

    /// <param name="error">The shortage; EBUSY is that of the limit.</param>
    private void PauseAccepts(Errno error)
    {
        _worker.Counters.CountAcceptPause();
        if (error is Errno.EMFILE or Errno.ENFILE)
            Limit.Shrink();
        _worker.MakeRoom();
        _worker.Loop.Arm(_resume, Pause);
    }

    private void GoOn()
    {
        if (_stopping)
            End();
        else
            Start();
    }

    /// <summary>Nothing is pending any more. Closes the socket once its backlog is empty; where descriptors are short, later.</summary>
    private void End()
    {
        var error = _worker.IsAborted || _worker.HasHandedOver(_descriptor) ? Errno.EAGAIN : AcceptRest(RestMaximum);
        if (error is Errno.EAGAIN or Errno.None)
            Close();
        else
            PauseAccepts(error);
    }

    /// <summary>A call, since an operation would be carried out later, and the connections that came meanwhile be reset.</summary>
    private void Close()
    {
        if (IsClosed)
            return;
        _ = _worker.Loop.Sockets.Close(_descriptor);
        IsClosed = true;
        _worker.OnListenerClosed();
    }

    /// <summary>The kernel has told the peers of these connections that they are open, and would reset them at the close.</summary>
    /// <returns>The shortage that keeps connections waiting, EBUSY for that of the limit; EAGAIN when none waits, None when some
    /// may.</returns>
    private Errno AcceptRest(int maximum)
    {
        for (var i = 0; i < maximum; i++)
        {
            // Only for a connection that waits are others ended.
            if (!_worker.Share.TryTake())
                return _worker.Loop.Sockets.HasInput(_descriptor) ? Errno.EBUSY : Errno.EAGAIN;
            var error = _worker.Loop.Sockets.Accept(_descriptor, out var connection);
            if (error == Errno.None)
            {
                _worker.Accept(connection, _traits);
                continue;
            }

            _worker.Share.Return();
            if (error == Errno.EAGAIN || IsShortage(error))
                return error;
            // Other errors are of a single connection (accept(2)): the next may be in order.
        }

        return Errno.None;
    }
}
