using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Connections;

/// <content>What comes from the client: heads and bodies of requests.</content>
internal sealed partial class ClientConnection
{
    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_state == State.Leaving)
            _state = State.Reading;
        if (_state == State.Reading && _input.IsEmpty)
        {
            var used = Read(bytes);
            if (used == 0 && _state == State.Reading)
                _worker.Loop.Arm(_deadline, Deadlines.Head);
            if (used < bytes.Length && _state != State.Closing)
                _input.Append(bytes[used..]);
            ReadBody();
            return;
        }

        if (_state == State.Closing)
            return;
        _input.Append(bytes);
        if (_body.IsReading)
            ReadBody();
        else if (_state == State.Reading)
            ReadInput();
        else if (_input.Length > PipelinedBytesMaximum)
            _channel.PauseReceive();
    }

    public void OnReceiveEnded()
    {
        _peerEnded = true;
        if (_body.IsReading)
            Abort();
        else if (_state is State.Reading or State.Leaving)
            Close();
    }

    /// <summary>There is room for more of the request's body.</summary>
    public void OnRoom()
    {
        if (_state is not (State.Waiting or State.Responding) || !_body.IsReading)
            return;
        _channel.ResumeReceive();
        ReadBody();
    }

    private void ReadInput()
    {
        if (_input.IsEmpty)
            return;
        _input.Consume(Read(_input.Span));
        ReadBody();
    }

    /// <summary>Goes on after a response that has told the client that the connection is kept.</summary>
    private void ReadNext()
    {
        _state = State.Reading;
        ReadInput();
        if (_state != State.Reading)
            return;
        if (_peerEnded)
        {
            Close();
            return;
        }

        _channel.ResumeReceive();
        var idle = _worker.IsDraining ? Deadlines.IdleWhileDraining : Deadlines.Idle;
        _worker.Loop.Arm(_deadline, _input.IsEmpty ? idle : Deadlines.Head);
    }

    /// <summary>Reads a request if one is whole, and begins to answer it.</summary>
    /// <returns>The bytes used.</returns>
    private int Read(ReadOnlySpan<byte> bytes)
    {
        var head = _worker.Head;
        _hasAsked = true;
        switch (RequestParser.Parse(bytes, _worker.Settings.Limits, head, out var consumed, out var refusal))
        {
            case ParseStatus.Complete:
                Answer(head);
                break;
            case ParseStatus.Refused:
                _bodyWanted = head.Method != KnownMethod.Head;
                Refuse(refusal);
                break;
        }

        return consumed;
    }

    /// <summary>Hands on what has come of a request's body.</summary>
    private void ReadBody()
    {
        if (!_body.IsReading || _input.IsEmpty || _state == State.Closing)
            return;
        // A client that doesn't wait for leave isn't given any (RFC 9110, section 10.1.1).
        _expectsContinue = false;
        var valid = _body.TryRead(_input.Span, out var consumed);
        _input.Consume(consumed);
        if (!valid)
        {
            if (_state == State.Waiting && !_continuing)
            {
                LeaveFetch();
                Refuse(Refusal.BadChunk);
            }
            else
            {
                Abort();
            }

            return;
        }

        if (_state == State.Waiting)
            ArmBodyDeadline();
        if (_body.IsReading && !_input.IsEmpty)
            _channel.PauseReceive();
    }
}
