using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections;

/// <content>What comes from the client: heads and bodies of requests.</content>
internal sealed partial class ClientConnection
{
    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_life.State == ConnectionState.Leaving)
            _life.State = ConnectionState.Reading;
        if (_life.State == ConnectionState.Reading && _input.IsEmpty)
        {
            var used = Read(bytes);
            if (used == 0 && _life.State == ConnectionState.Reading)
                _worker.Loop.Arm(_deadline, Deadlines.Head);
            if (used < bytes.Length && _life.State != ConnectionState.Closing)
                _input.Append(bytes[used..]);
            ReadBody();
            return;
        }

        if (_life.State == ConnectionState.Closing)
            return;
        _input.Append(bytes);
        if (_body.IsReading)
            ReadBody();
        else if (_life.State == ConnectionState.Reading)
            ReadInput();
        else if (_input.Length > ConnectionBytes.PipelinedMaximum)
            _channel.PauseReceive();
    }

    public void OnReceiveEnded()
    {
        _life.PeerEnded = true;
        if (_body.IsReading)
            Abort();
        else if (_life.State is ConnectionState.Reading or ConnectionState.Leaving)
            Close();
    }

    /// <summary>The channel doesn't go on for long. A request whose beginning has come is the last; behind whole ones nothing more is read.
    /// </summary>
    public void OnEnding()
    {
        if (_body.IsReading)
            return;
        if (_life.State is not (ConnectionState.Reading or ConnectionState.Leaving))
        {
            _life.PeerEnded = true;
            _channel.PauseReceive();
        }
        else if (RequestParser.IsEmptyLines(_input.Span))
        {
            Close();
        }
    }

    /// <summary>Whether the response that begins is the connection's last. A peer that sends no more may have sent other requests before.
    /// </summary>
    private bool IsLastAnswer =>
        _worker.IsDraining || (_life.PeerEnded ? !RequestLookahead.HoldsHead(_input.Span) : _channel.IsEnding);

    /// <summary>There is room for more of the request's body.</summary>
    public void OnRoom()
    {
        if (_life.State is not (ConnectionState.Waiting or ConnectionState.Responding) || !_body.IsReading)
            return;
        _channel.ResumeReceive();
        _exchange.Upload.Resume(_worker.Loop.Now);
        ReadBody();
    }

    public void OnBodyProgress()
    {
        if (_exchange.Undecided is null)
            _writer.GoOn();
        else if (!_channel.IsSending && _channel.IsOpen)
            OnUndecidedProgress();
    }

    private void OnUndecidedProgress()
    {
        if (_exchange.Undecided is not { } request || !ResponsePart.TryOf(request, _reader.Held, out var part))
            return;
        _exchange.Undecided = null;
        Respond(part, _exchange.UndecidedNote);
    }

    private void ReadInput()
    {
        if (_input.IsEmpty)
            return;
        _input.Consume(Read(_input.Span, isKept: true));
        ReadBody();
    }

    /// <summary>Goes on after a response that has told the client that the connection is kept.</summary>
    private void ReadNext()
    {
        _exchange = new();
        _life.State = ConnectionState.Reading;
        ReadInput();
        if (_life.State != ConnectionState.Reading)
        {
            // Receiving pauses when too much comes before its turn. That has had its turn now, and its body may still be on its way.
            if (_life.State is ConnectionState.Waiting or ConnectionState.Responding && _input.IsEmpty)
                _channel.ResumeReceive();
            return;
        }

        if (_life.PeerEnded)
        {
            Close();
            return;
        }

        _channel.ResumeReceive();
        var idle = _worker.IsDraining ? Deadlines.IdleWhileDraining : Deadlines.Idle;
        _worker.Loop.Arm(_deadline, _input.IsEmpty ? idle : Deadlines.Head);
    }

    /// <summary>Reads a request if one is whole, and begins to answer it.</summary>
    /// <param name="isKept">They are those of the input, which then begins behind the request before that is answered.</param>
    /// <returns>The bytes used that aren't taken out of the input yet.</returns>
    private int Read(ReadOnlySpan<byte> bytes, bool isKept = false)
    {
        var head = _worker.Head;
        _life.HasAsked = true;
        // For the log: a socket that has been reset tells no address any more.
        if (_trace is not null)
            Address();
        switch (RequestParser.Parse(bytes, _worker.Settings.Limits, head, out var consumed, out var refusal))
        {
            case ParseStatus.Complete:
                if (isKept)
                    _input.Consume(consumed);
                consumed = isKept ? 0 : consumed;
                Answer(head);
                break;
            case ParseStatus.Refused:
                _exchange.BodyWanted = head.Method != KnownMethod.Head;
                Refuse(refusal, bytes);
                break;
        }

        return consumed;
    }

    /// <summary>Hands on what has come of a request's body.</summary>
    private void ReadBody()
    {
        if (!_body.IsReading || _input.IsEmpty || _life.State == ConnectionState.Closing)
            return;
        // A client that doesn't wait for leave isn't given any (RFC 9110, section 10.1.1).
        if (_exchange.ExpectsContinue && _life.State == ConnectionState.Waiting)
            WatchUpload();
        _exchange.ExpectsContinue = false;
        var valid = _body.TryRead(_input.Span, out var consumed);
        _input.Consume(consumed);
        _exchange.Upload.Take(consumed, _worker.Loop.Now);
        if (!valid)
        {
            if (_life.State == ConnectionState.Waiting && !_exchange.Continuing)
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

        if (!_body.IsReading && _life.State == ConnectionState.Waiting)
            EventLoop.Disarm(_deadline);
        if (!_body.IsReading || _input.IsEmpty)
            return;
        _channel.PauseReceive();
        _exchange.Upload.Pause(_worker.Loop.Now);
    }
}
