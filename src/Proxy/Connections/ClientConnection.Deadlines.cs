using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections;

/// <content>What happens when time is up, and when a callback has thrown: then the end doesn't go on from the state it finds.</content>
internal sealed partial class ClientConnection
{
    private const string Ending = "the end of a connection";

    // A reader that takes nothing ends after two looks at most, and with it a standstill that is only its own.
    private const int LooksAtStandstillMaximum = 3;

    public void OnDeadline(Deadline deadline)
    {
        if (TryCancelStart())
        {
            _worker.Counters.CountDeadline();
            return;
        }

        if (TryEndIdle())
            return;
        if (_life.State == ConnectionState.Reading)
        {
            _worker.Counters.CountDeadline();
            _exchange.BodyWanted = true;
            Refuse(Refusal.HeadTimeout, _input.Span);
            return;
        }

        if (_life.State == ConnectionState.Leaving)
        {
            Close();
            return;
        }

        if (_life.State == ConnectionState.Waiting)
        {
            if (_exchange.Later is null && !IsUploadTooSlow)
            {
                _worker.Loop.Arm(_deadline, Deadlines.BodyLook);
                return;
            }

            _worker.Counters.CountDeadline();
            var refusal = _exchange.Later is null ? Refusal.BodyTimeout : Refusal.AnswerTimeout;
            LeaveFetch();
            if (_channel.IsSending)
                Abort();
            else
                Refuse(refusal);
            return;
        }

        if (HoldsUpOthers())
        {
            _worker.Counters.CountLaggard();
            Abort();
            return;
        }

        // A reader that has taken a byte since, or that waits for the origin, isn't slow.
        var waitsForBody = _reader.Body is not null && !_channel.IsSending;
        if (!IsUploadTooSlow && (_channel.SentBytes != _exchange.SentAtLastLook || (waitsForBody && MayWaitOn())))
        {
            _exchange.SentAtLastLook = _channel.SentBytes;
            _worker.Loop.Arm(_deadline, Deadlines.Write);
            return;
        }

        _worker.Counters.CountDeadline();
        Abort();
    }

    /// <summary>Whether to wait on for the origin. Its own deadlines end that wait, but for two cases: it waits for the body's readers, the
    /// slowest of which stays where it is for longer than its deadline allows; or the client has gone.</summary>
    private bool MayWaitOn()
    {
        if (_life.PeerEnded && _channel.HasPeerGone())
            return false;
        var standstill = _reader.Body?.FindStandstill() ?? -1;
        _exchange.LooksAtStandstill = standstill >= 0 && standstill == _exchange.Standstill ? _exchange.LooksAtStandstill + 1 : 0;
        _exchange.Standstill = standstill;
        return _exchange.LooksAtStandstill < LooksAtStandstillMaximum;
    }

    /// <summary>Whether others that read the same body have waited for this client, and for nothing else, since the deadline last passed.
    /// The bytes that it still needs can't be dropped, so it is cut.</summary>
    private bool HoldsUpOthers()
    {
        var before = _exchange.HoldUp;
        _exchange.HoldUp = _reader.Body?.FindHeldUpBy(_reader) ?? 0;
        return before != 0 && _exchange.HoldUp == before;
    }

    /// <summary>Begins to look at how the request's body comes, which the proxy is ready to read.</summary>
    private void WatchUpload()
    {
        _exchange.Upload.Resume(_worker.Loop.Now);
        _worker.Loop.Arm(_deadline, Deadlines.BodyLook);
    }

    private bool IsUploadTooSlow => _body.IsReading && _exchange.Upload.IsTooSlow(_worker.Loop.Now);

    /// <summary>A callback has thrown in this object: it serves nobody any more.</summary>
    public bool IsFaulted { get; private set; }

    public void OnFault()
    {
        if (IsFaulted)
            return;
        IsFaulted = true;
        if (_life.State == ConnectionState.Closed)
        {
            // The connection had ended before, and the object waits for another.
            _worker.Forget(this);
            return;
        }

        var starts = _life.State is ConnectionState.Introducing or ConnectionState.Handshaking;
        _life.State = ConnectionState.Closing;
        EventLoop.Disarm(_deadline);
        var faults = _worker.Loop.Faults;
        faults.Attempt(Ending, _body, static body => body.Abort());
        faults.Attempt(Ending, this, static connection => connection.LeaveFetch());
        var socket = new AbandonedSocket(_worker.Loop, Bury);
        var held = _channel.Surrender(socket);
        _proxyHeader?.Surrender(socket);
        _handshake.Surrender(socket);
        socket.Close(starts ? _life.Descriptor : held);
    }

    /// <summary>Gives back what is held: nothing is pending any more that could use it.</summary>
    private void Bury()
    {
        var faults = _worker.Loop.Faults;
        faults.Attempt(Ending, _writer, static writer => writer.Release());
        faults.Attempt(Ending, _reader, static reader => reader.Release());
        faults.Attempt(Ending, _channel, static channel => channel.Discard());
        faults.Attempt(Ending, _handshake, static handshake => handshake.Discard());
        faults.Attempt(Ending, this, static connection => connection._proxyHeader?.Discard());
        faults.Attempt(Ending, _input, static input => input.Clear());
        faults.Attempt(Ending, this, static connection => connection._trace?.Reset());
        _life = new();
        _exchange = new();
        _worker.Return(this);
    }

    /// <summary>Writes the line of a request whose response doesn't come to its end.</summary>
    private void LogCut()
    {
        if (_trace is { IsUnderWay: true } && _life.Address is not null)
            Log(_reader.Sent);
    }

    private void LeaveFetch()
    {
        _body.Abort();
        _exchange.Ticket?.Leave();
        _exchange.Ticket = null;
        _exchange.Later?.Leave();
        _exchange.Later = null;
        // An answer that waited for the interim one to leave is let go of as the ticket would.
        if (_exchange.Answered is { } answered)
        {
            answered.Leave();
            answered.Run();
        }

        _exchange.Answered = null;
        _exchange.Continuing &= _channel.IsSending;
    }
}
