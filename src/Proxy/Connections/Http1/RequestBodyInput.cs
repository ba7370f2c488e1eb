using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>Moves the body of the request under way from the connection's input to the exchange, at the origin's pace: with 100 Continue,
/// where the client waits for that, and with pauses of the receive.</summary>
internal sealed class RequestBodyInput(Connection connection, Exchange exchange, InputBuffer input)
{
    private readonly RequestBodyReader _reader = new(connection.Services.Exchanges.ClientFields);

    // The client waits for 100 Continue. Set with each body, and cleared at its end.
    private bool _expectsContinue;

    /// <summary>Whether bytes of a body are still to come.</summary>
    public bool IsReading => _reader.IsReading;

    public void Take(RequestHead head, RequestBody body)
    {
        _expectsContinue = head.ExpectsContinue;
        _reader.Start(head, body);
    }

    /// <summary>The origin wants the body.</summary>
    /// <returns>Whether the client waits to be told so.</returns>
    public bool TryAllow()
    {
        if (!_expectsContinue || !exchange.IsWaiting)
            return false;
        _expectsContinue = false;
        exchange.Upload.Watch();
        return true;
    }

    /// <summary>Hands on what has come.</summary>
    public void ReadOn()
    {
        if (!_reader.IsReading || input.IsEmpty || !connection.IsOpen)
            return;
        // A client that doesn't wait for leave isn't given any (RFC 9110, section 10.1.1).
        if (_expectsContinue && exchange.IsWaiting)
            exchange.Upload.Watch();
        _expectsContinue = false;
        var isValid = _reader.TryRead(input.Span, out var consumed);
        input.Consume(consumed);
        exchange.Upload.Take(consumed);
        if (!isValid)
        {
            Refuse();
        }
        else if (!_reader.IsReading)
        {
            exchange.OnUploaded();
        }
        else if (!input.IsEmpty)
        {
            connection.Channel.PauseReceive();
            exchange.Upload.Pause();
        }
    }

    /// <summary>The client breaks off, or the rest isn't wanted.</summary>
    public void Abort()
    {
        _expectsContinue = false;
        _reader.Abort();
    }

    /// <summary>The body is malformed: an answer says so, unless one is on its way already.</summary>
    private void Refuse()
    {
        if (!exchange.IsWaiting || connection.Channel.IsSending)
        {
            connection.Abort();
            return;
        }

        exchange.LeaveFetch();
        exchange.Refuse(Refusal.BadChunk);
    }
}
