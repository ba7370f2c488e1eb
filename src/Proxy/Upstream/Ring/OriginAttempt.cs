using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>One attempt to send a request: its life on one connection, from the first byte of the request to the last of the answer. A
/// further attempt is another object. Loop's thread only.</summary>
internal sealed class OriginAttempt : IConnectionUser, ISendingOwner, IReadingOwner
{
    private readonly OriginConnection _connection;
    private readonly IConnectionKeeping _keeping;
    private readonly OriginOptions _options;
    private readonly OriginRequest _request;
    private readonly IAttemptOwner _owner;
    private readonly RequestSending _sending;
    private readonly AnswerReading _answer;
    private readonly SegmentPool _memory;
    private FailedAttempt? _failed;

    // There from a 101 on, until the request has left: a send that is still to be reported uses its memory.
    private (ResponseHead Head, OriginTunnel Tunnel)? _switch;
    private bool _isOver;

    /// <param name="memory">For the request's head; its reference passes over.</param>
    public OriginAttempt(
        OriginConnection connection, IConnectionKeeping keeping, RingServices services, OriginRequest request, SinkCalls sink,
        IAttemptOwner owner, Segment memory)
    {
        _connection = connection;
        _keeping = keeping;
        _options = services.Options;
        _memory = services.Memory;
        _request = request;
        _owner = owner;
        _sending = new RequestSending(connection, request, this, services.Memory, memory);
        _answer = new AnswerReading(connection, services, request, sink, this);
    }

    private FailureSource Stage => _answer.HasHead ? FailureSource.InBody : FailureSource.BeforeHead;

    public void Begin() => _sending.Begin();

    /// <summary>More of the request's body can be pulled.</summary>
    public void GoOn()
    {
        if (!_isOver)
            _sending.GoOn();
    }

    /// <summary>The sink takes bytes again.</summary>
    public void Resume() => _answer.Resume();

    /// <summary>A deadline of the exchange has passed, or the request is given up.</summary>
    /// <param name="reason">None after the wait for 100 Continue, which ends nothing: the body leaves unasked.</param>
    public void End(OriginFailure reason)
    {
        if (reason == OriginFailure.None)
            _sending.Allow();
        else if (_failed is { } failed)
            EndWhileClosing(failed, reason);
        else
            Fail(reason, FailedAttempt.IsOwn(reason) ? FailureSource.Proxy : Stage, error: null);
    }

    /// <summary>The exchange has thrown: the connection ends without either.</summary>
    public void Bury() => _connection.OnFault();

    public void OnReceived(in TransportResult result)
    {
        // The look at a kept connection before its next request doesn't see bytes whose receive has completed and is still to be reported.
        // They belong to no answer, as all do that arrive while nothing of this request has left.
        if (result.Count > 0 && _connection.WasKept && !_sending.HasLeft)
            Fail(OriginFailure.Malformed, FailureSource.BeforeHead, error: null);
        else
            _answer.OnReceived(result);
    }

    public void OnSent(in TransportResult result) => _sending.OnSent(result);

    public void OnClosed()
    {
        ReleaseMemory();
        // Only now is it known what has left: a send may have ended behind the failure.
        if (_failed is { } failed)
            _owner.OnAttemptFailed(failed with { HasLeft = _sending.HasLeft });
    }

    public void OnFault()
    {
        _isOver = true;
        _sending.Stop();
        _answer.Stop();
        _owner.OnAttemptFault();
    }

    public void ReleaseMemory()
    {
        _sending.Release();
        _answer.Release();
        _switch?.Tunnel.ReleaseMemory();
    }

    public void OnSendBegins() => ArmForProgress();

    // The client has deadlines of its own: while it is waited for, the origin's doesn't run. An answer that has begun may need the rest of
    // the body to go on.
    public void OnBodyAwaited() => _owner.Disarm();

    public void OnLeaveAwaited() => _owner.Arm(OriginFailure.None, _options.ContinueTimeout);

    public void OnRequestSent()
    {
        if (_switch is not null)
            Switch();
        else if (_request.Body is not null)
            ArmForProgress();
    }

    public void OnBodyBroken()
    {
        if (_request.Body!.LacksMemory)
            Fail(OriginFailure.Fault, FailureSource.Proxy, error: null);
        else
            Fail(OriginFailure.ClientBodyFailed, FailureSource.Proxy, error: null);
    }

    public void PostReadable() => _owner.PostReadable();

    public void OnContinue() => _sending.Allow();

    public void OnFinalHead(int status)
    {
        // An error says that the rest of the body isn't wanted (RFC 9112, section 9.3); a success may be an answer to what has come.
        if (!_sending.IsDone && (status >= 300 || _sending.IsAwaitingLeave))
        {
            _sending.Stop();
            _request.Body?.Discard();
        }
    }

    public void OnReceiveBegins()
    {
        if (_answer.HasHead)
            ArmForProgress();
    }

    public void OnSinkWaits() => _owner.Disarm();

    public void OnAnswered(bool keepsConnection)
    {
        _isOver = true;
        try
        {
            if (keepsConnection && _sending.IsDone && !RequestHeadWriter.EndsConnection(_request))
            {
                ReleaseMemory();
                _keeping.Keep(_connection);
            }
            else
            {
                _sending.Stop();
                _connection.Close();
            }
        }
        finally
        {
            // The answer is whole, whatever becomes of the connection.
            _owner.OnAnswered();
        }
    }

    public void OnSwitched(ResponseHead head, Segment? early, int earlyBytes)
    {
        _switch = (head, new OriginTunnel(_connection, _memory, early, earlyBytes));
        if (_sending.IsDone)
            Switch();
    }

    public void OnReadingFailed(OriginFailure reason, string? error) =>
        Fail(reason, FailedAttempt.IsOwn(reason) ? FailureSource.Proxy : Stage, error);

    private void Switch()
    {
        var (head, tunnel) = _switch!.Value;
        _switch = null;
        _isOver = true;
        ReleaseMemory();
        try
        {
            _connection.HandTo(tunnel);
        }
        catch
        {
            // The connection has another user by now, who tells nobody.
            _owner.OnAttemptFault();
            throw;
        }

        _owner.OnSwitched(head, tunnel);
    }

    private void Fail(OriginFailure reason, FailureSource source, string? error)
    {
        if (_isOver)
            return;
        _isOver = true;
        _sending.Stop();
        _answer.Stop();
        _failed = new FailedAttempt(reason, source, IsSilent: !_answer.HasBegun, _connection.WasKept)
        {
            Trouble = FailedAttempt.IsOwn(reason) ? null : new OriginTrouble(_connection.Address, error),
        };
        _connection.Close();
    }

    /// <summary>The connection closes after a failure. Where another attempt would follow that, none does: the exchange is over.</summary>
    private void EndWhileClosing(in FailedAttempt failed, OriginFailure reason)
    {
        if (!RetryRule.MayRetry(failed, _request))
            return;
        var isOwn = FailedAttempt.IsOwn(reason);
        _failed = failed with
        {
            Reason = reason,
            Source = isOwn ? FailureSource.Proxy : Stage,
            Trouble = isOwn ? null : failed.Trouble,
        };
    }

    /// <summary>The origin has moved on: its next step has its time from now.</summary>
    private void ArmForProgress()
    {
        // The sink's readers are waited for, not the origin, which may take no more of the body until its answer goes on. Or the client is.
        if (_answer.IsHeldUp || _sending.IsAwaitingBody)
            return;
        if (_answer.HasHead)
            _owner.Arm(OriginFailure.IdleTimeout, _options.IdleTimeout);
        else
            _owner.Arm(OriginFailure.ResponseTimeout, _options.ResponseTimeout);
    }
}
