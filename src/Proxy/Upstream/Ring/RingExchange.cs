using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>One request of a <see cref="RingOrigin"/>, from its start to the last call of the sink. It waits for a connection, has an
/// attempt on it, and another one where that does no harm. Loop's thread only, but for what steers it.</summary>
internal sealed class RingExchange : IOriginExchange, IPosted, IDeadlineHandler, IPoolWaiter, IAttemptOwner
{
    private const string Ending = "the end of an exchange with the origin";

    private readonly RingServices _services;
    private readonly OriginPool _connections;
    private readonly OriginRequest _request;
    private readonly IOriginSink _sink;
    private readonly SinkCalls _calls;
    private readonly IExchangeList _list;
    private readonly Deadline _deadline;

    // Set by any thread with interlocked operations, taken by the loop's thread; the one that sets the first posts the exchange.
    private int _orders;
    private OriginFailure _deadlineReason;
    private OriginAttempt? _attempt;
    private bool _hasFailedBefore;
    private bool _hasLeftBefore;
    private Stage _stage;

    public RingExchange(
        RingServices services, OriginPool connections, OriginRequest request, IOriginSink sink, IExchangeList list)
    {
        _services = services;
        _connections = connections;
        _request = request;
        _sink = sink;
        _calls = new SinkCalls(sink, services.Faults);
        _list = list;
        _deadline = new Deadline(this);
    }

    [Flags]
    private enum Order
    {
        Begin = 1,
        Cancel = 2,
        Resume = 4,
        Readable = 8,
    }

    private enum Stage : byte
    {
        New,
        Waiting,
        Sent,

        /// <summary>Once more, on a new connection.</summary>
        WaitingAgain,
        SentAgain,
        Over,
    }

    /// <summary>Its place in the list of what is under way; -1 while it isn't.</summary>
    public int Position { get; set; } = -1;

    public LinkedListNode<IPoolWaiter>? Place { get; set; }

    public bool WantsNew => _stage == Stage.WaitingAgain;

    /// <summary>Has the loop run the exchange. Callable from any thread.</summary>
    public void Begin() => Give(Order.Begin);

    public void Cancel() => Give(Order.Cancel);

    public void Resume() => Give(Order.Resume);

    public void PostReadable() => Give(Order.Readable);

    /// <summary>Fails at once, in place of <see cref="Begin"/>: the loop has ended.</summary>
    public void Refuse()
    {
        _stage = Stage.Over;
        _request.Body?.Discard();
        Tell(new FailedAttempt(OriginFailure.Cancelled, FailureSource.Proxy));
    }

    /// <summary>The loop is about to end.</summary>
    public void Abandon() => Fail(OriginFailure.Cancelled);

    public void Run()
    {
        var orders = (Order)Interlocked.Exchange(ref _orders, 0);
        if (orders.HasFlag(Order.Begin))
            BeginNow();
        if (orders.HasFlag(Order.Cancel))
            Fail(OriginFailure.Cancelled);
        if (orders.HasFlag(Order.Readable))
            _attempt?.GoOn();
        if (orders.HasFlag(Order.Resume))
            _attempt?.Resume();
    }

    public bool TryTake(OriginConnection connection)
    {
        if (_services.Memory.TryRent(RequestSending.BytesMaximum(_request)) is not { } memory)
        {
            // The next request would find no memory either: to hand the connection on to it would go through the whole queue in this call.
            connection.Close();
            EndFailed(new FailedAttempt(OriginFailure.Fault, FailureSource.Proxy));
            return true;
        }

        var attempt = Attempt(connection, memory);
        _attempt = attempt;
        if (!connection.TryBegin(attempt))
        {
            _attempt = null;
            attempt.ReleaseMemory();
            return false;
        }

        _stage = _stage == Stage.WaitingAgain ? Stage.SentAgain : Stage.Sent;
        attempt.Begin();
        return true;
    }

    public void OnNoConnection(OriginFailure reason, OriginTrouble? trouble) =>
        EndFailed(new FailedAttempt(reason, FailedAttempt.SourceOfOpening(reason)) { Trouble = trouble });

    public void OnDeadline(Deadline deadline) => Fail(_deadlineReason);

    public void Arm(OriginFailure reason, TimeSpan after)
    {
        _deadlineReason = reason;
        _services.Loop.Arm(_deadline, after);
    }

    public void Disarm() => EventLoop.Disarm(_deadline);

    public void OnAnswered()
    {
        End();
        Tell(failed: null);
    }

    public void OnSwitched(ResponseHead head, OriginTunnel tunnel)
    {
        End();
        try
        {
            _calls.OnSwitched(head, tunnel);
        }
        catch (Exception fault) when (_services.Faults.Contains(fault))
        {
            tunnel.Reset();
            _services.Faults.End(_sink, "an exchange with the origin", fault);
        }
    }

    public void OnAttemptFailed(in FailedAttempt failed)
    {
        _attempt = null;
        if (_stage == Stage.Sent && RetryRule.TakesNewConnection(failed, _request, _services.HasSiblings))
        {
            (_hasFailedBefore, _hasLeftBefore) = (true, failed.HasLeft);
            _stage = Stage.WaitingAgain;
            _connections.Take(this);
        }
        else if (_stage != Stage.Over)
        {
            EndFailed(failed);
        }
    }

    public void OnAttemptFault() => OnFault();

    public void OnFault()
    {
        if (_stage == Stage.Over)
            return;
        if (_stage is Stage.Waiting or Stage.WaitingAgain)
            _connections.Leave(this);
        var attempt = _attempt;
        _services.Faults.Attempt(Ending, this, static exchange => exchange.End());
        // It may have thrown before the attempt had its first callback, or beside one.
        if (attempt is not null)
            _services.Faults.Attempt(Ending, attempt, static attempt => attempt.Bury());
        _sink.OnFault();
    }

    private void BeginNow()
    {
        if (_stage != Stage.New)
            return;
        _list.Add(this);
        _stage = Stage.Waiting;
        if (!_request.TryAttach(this))
        {
            EndFailed(new FailedAttempt(OriginFailure.Cancelled, FailureSource.Proxy));
            return;
        }

        // One deadline for all attempts, with their connections; a connection has its own within it.
        Arm(OriginFailure.ResponseTimeout, _services.Options.ResponseTimeout - _request.Earlier.Elapsed);
        _connections.Take(this);
    }

    private void Fail(OriginFailure reason)
    {
        if (_attempt is { } attempt)
        {
            attempt.End(reason);
        }
        else if (_stage is Stage.Waiting or Stage.WaitingAgain)
        {
            _connections.Leave(this);
            var isOwn = FailedAttempt.IsOwn(reason);
            EndFailed(new FailedAttempt(reason, isOwn ? FailureSource.Proxy : FailureSource.Connect)
            {
                Trouble = isOwn ? null : new OriginTrouble(_services.Options.Label, Error: null),
            });
        }
    }

    private void EndFailed(in FailedAttempt failed)
    {
        End();
        Tell(failed);
    }

    private OriginAttempt Attempt(OriginConnection connection, Segment memory)
    {
        try
        {
            return new OriginAttempt(connection, _connections, _services, _request, _calls, this, memory);
        }
        catch
        {
            // Neither has another owner yet.
            memory.Release();
            connection.OnFault();
            throw;
        }
    }

    /// <summary>The last call of the sink. What it throws ends nothing but the sink: the connection may be another's by now.</summary>
    private void Tell(FailedAttempt? failed)
    {
        try
        {
            if (failed is { } attempt)
                _calls.OnFailed(_hasFailedBefore ? attempt.AfterFirst(_request, _hasLeftBefore) : attempt.Of(_request));
            else
                _calls.OnEnd();
        }
        catch (Exception fault) when (_services.Faults.Contains(fault))
        {
            _services.Faults.End(_sink, "an exchange with the origin", fault);
        }
    }

    private void End()
    {
        _stage = Stage.Over;
        _attempt = null;
        EventLoop.Disarm(_deadline);
        _list.Remove(this);
        _request.Body?.Discard();
    }

    private void Give(Order order)
    {
        if (Interlocked.Or(ref _orders, (int)order) == 0)
            _services.Loop.Post(this);
    }
}
