using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;

namespace TlsProxy.Proxy.Connections;

/// <summary>Takes one request's body out of the bytes of its connection and hands it on, as far as there is room.</summary>
internal sealed class RequestBodyReader
{
    private RequestBody? _body;
    private BodyFraming _framing;
    private ChunkedDecoder _chunked;
    private long _left;

    /// <summary>Whether bytes of a body are still to come.</summary>
    public bool IsReading => _body is not null;

    /// <param name="head">The head of a request with a body.</param>
    public void Start(RequestHead head, RequestBody body)
    {
        _body = body;
        _framing = head.Framing;
        _left = head.ContentLength;
        _chunked = default;
    }

    /// <summary>Takes bytes of the body; less than all are taken at its end, and where there is no room.</summary>
    /// <param name="consumed">Bytes used.</param>
    /// <returns>False when the body is malformed; it has been aborted then.</returns>
    public bool TryRead(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        while (_body is { } body && consumed < input.Length)
        {
            var rest = input[consumed..];
            if (_framing == BodyFraming.Length)
            {
                var taken = body.Write(rest[..(int)Math.Min(rest.Length, _left)]);
                consumed += taken;
                _left -= taken;
                if (_left == 0)
                    Complete();
                else if (taken == 0)
                    return true;
                continue;
            }

            // The decoder is tried on a copy: where the data finds no room, its step is taken back.
            var decoder = _chunked;
            var step = decoder.Decode(rest, out var used, out var data);
            if (step == ChunkedStep.Malformed)
            {
                Abort();
                return false;
            }

            if (step == ChunkedStep.Data)
            {
                var taken = body.Write(data);
                if (taken < data.Length)
                {
                    consumed += RetakeData(rest, used - (data.Length - taken));
                    return true;
                }
            }

            _chunked = decoder;
            consumed += used;
            if (step == ChunkedStep.End)
                Complete();
        }

        return true;
    }

    /// <summary>The client breaks off, or nobody wants the rest.</summary>
    public void Abort()
    {
        _body?.Abort();
        _body = null;
    }

    /// <summary>Moves the decoder over exactly <paramref name="count"/> bytes, of which the last ones are data.</summary>
    private int RetakeData(ReadOnlySpan<byte> input, int count)
    {
        _chunked.Decode(input[..count], out var used, out _);
        return used;
    }

    private void Complete()
    {
        _body!.Complete();
        _body = null;
    }
}
