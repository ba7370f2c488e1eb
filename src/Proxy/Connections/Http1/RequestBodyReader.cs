using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>Takes one request's body out of the bytes of its connection and hands it on, as far as there is room.</summary>
/// <param name="clientFields">Fields that no client may send, in trailers neither.</param>
internal sealed class RequestBodyReader(ClientCertificateFields clientFields)
{
    private Life _life;

    /// <summary>Whether bytes of a body are still to come.</summary>
    public bool IsReading => _life.Body is not null;

    /// <param name="head">The head of a request with a body.</param>
    public void Start(RequestHead head, RequestBody body) => _life = new Life
    {
        Body = body,
        Framing = head.Framing,
        Left = head.ContentLength,
        NamedByConnection = head.Framing == BodyFraming.Chunked ? TrailerFields.NamedIn(head.Fields) : [],
    };

    /// <summary>Takes bytes of the body; less than all are taken at its end, and where there is no room.</summary>
    /// <param name="consumed">Bytes used.</param>
    /// <returns>False when the body is malformed; it has been aborted then.</returns>
    public bool TryRead(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        while (_life.Body is { } body && consumed < input.Length)
        {
            var rest = input[consumed..];
            if (_life.Framing == BodyFraming.Length)
            {
                var taken = body.Write(rest[..(int)Math.Min(rest.Length, _life.Left)]);
                consumed += taken;
                _life.Left -= taken;
                if (_life.Left == 0)
                    Complete();
                else if (taken == 0)
                    return true;
                continue;
            }

            // The decoder is tried on a copy: where the data finds no room, its step is taken back.
            var decoder = _life.Chunked;
            var step = decoder.Decode(rest, out var used, out var data);
            if (step == ChunkedStep.Malformed || (step == ChunkedStep.Trailer && !TryTakeTrailers(data)))
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

            _life.Chunked = decoder;
            consumed += used;
            if (step == ChunkedStep.End)
                Complete();
        }

        return true;
    }

    /// <summary>The client breaks off, or the rest isn't wanted.</summary>
    public void Abort()
    {
        _life.Body?.Abort();
        _life = default;
    }

    /// <summary>Moves the decoder over exactly <paramref name="count"/> bytes, of which the last ones are data.</summary>
    private int RetakeData(ReadOnlySpan<byte> input, int count)
    {
        _life.Chunked.Decode(input[..count], out var used, out _);
        return used;
    }

    private bool TryTakeTrailers(ReadOnlySpan<byte> piece) =>
        (_life.Trailers ??= new TrailerReader(_life.NamedByConnection)).TryTake(piece);

    private void Complete()
    {
        _life.Body!.Complete(ReadTrailers());
        _life = default;
    }

    private FieldTable? ReadTrailers()
    {
        if (_life.Trailers?.Finish() is not { } trailers)
            return null;
        for (var i = trailers.Count - 1; i >= 0; i--)
        {
            if (!ForwardedLines.MayPass(trailers.Name(i)) || clientFields.IsReserved(trailers.Name(i)))
                trailers.Remove(i);
        }

        return trailers.Count > 0 ? trailers : null;
    }

    /// <summary>All that is known of one body; replaced as a whole at its end.</summary>
    private struct Life
    {
        public RequestBody? Body;
        public BodyFraming Framing;

        /// <summary>Bytes still to come, where the length was announced.</summary>
        public long Left;

        public ChunkedDecoder Chunked;

        /// <summary>Trailers that the head names as of its connection, and what has come of the section; null before its first byte.
        /// </summary>
        public byte[] NamedByConnection;
        public TrailerReader? Trailers;
    }
}
