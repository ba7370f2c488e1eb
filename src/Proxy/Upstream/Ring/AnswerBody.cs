using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>The body of one answer: takes it out of its framing and into the sink's memory.</summary>
internal sealed class AnswerBody
{
    private readonly SinkCalls _sink;
    private readonly BodyFraming _framing;
    private readonly byte[] _namedTrailers;
    private long _left;
    private ChunkedDecoder _decoder;
    private TrailerReader? _trailers;
    private DirectRoom _direct;

    public AnswerBody(ResponseHead head, SinkCalls sink)
    {
        _sink = sink;
        _framing = head.Framing;
        _left = head.ContentLength;
        // The head is the sink's before the trailers come.
        _namedTrailers = _framing == BodyFraming.Chunked ? TrailerFields.NamedIn(head) : [];
        KeepsConnection = head.KeepsConnection;
        _direct = new DirectRoom(sink);
    }

    /// <summary>The connection may carry a further request, as far as the head tells.</summary>
    public bool KeepsConnection { get; }

    /// <summary>The end of the connection is the end of the body.</summary>
    public bool EndsWithStream => _framing == BodyFraming.UntilClose;

    /// <summary>The sink has said to wait.</summary>
    public bool Waits { get; set; }

    /// <summary>Room that bytes are received into.</summary>
    public ref DirectRoom Direct => ref _direct;

    /// <summary>The fields behind the body; null where there are none.</summary>
    public FieldTable? Trailers() => _trailers?.Finish();

    /// <summary>Takes bytes, as many as the sink wants.</summary>
    /// <param name="used">Bytes taken.</param>
    public AnswerStep Take(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        if (_framing == BodyFraming.Chunked)
            return Decode(bytes, out used);
        while (used < bytes.Length && (_framing == BodyFraming.UntilClose || _left > 0))
        {
            var part = bytes[used..];
            if (_framing == BodyFraming.Length && part.Length > _left)
                part = part[..(int)_left];
            var step = _sink.Write(part, out var written);
            used += written;
            _left -= written;
            if (step != AnswerStep.More)
                return OnWritten(step);
        }

        return OnWritten(AnswerStep.More);
    }

    /// <summary>Reserves room for bytes that are due, where their place is known.</summary>
    /// <param name="isWanted">False where the sink wants no more.</param>
    /// <returns>False where they have to be decoded first.</returns>
    public bool TryReserve(out bool isWanted)
    {
        isWanted = _framing == BodyFraming.Length && Direct.TryReserve(_left);
        return _framing == BodyFraming.Length;
    }

    /// <summary>Bytes have been received into the room.</summary>
    public AnswerStep TakeDirect(int count)
    {
        _left -= count;
        return OnWritten(Direct.Commit(count));
    }

    private AnswerStep Decode(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        while (true)
        {
            // The decoder is tried on a copy: where the sink takes less than the data, its step is taken back to what was taken.
            var decoder = _decoder;
            var step = decoder.Decode(bytes[used..], out var consumed, out var data);
            switch (step)
            {
                case ChunkedStep.Data:
                    var flow = _sink.WriteAll(data, out var written);
                    if (written < data.Length)
                    {
                        _decoder.Decode(bytes.Slice(used, consumed - (data.Length - written)), out consumed, out _);
                        used += consumed;
                        return OnWritten(flow);
                    }

                    used += consumed;
                    _decoder = decoder;
                    if (flow != AnswerStep.More)
                        return OnWritten(flow);
                    continue;
                case ChunkedStep.Trailer:
                    used += consumed;
                    _decoder = decoder;
                    if (!(_trailers ??= new TrailerReader(_namedTrailers)).TryTake(data))
                        return AnswerStep.Malformed;
                    continue;
            }

            used += consumed;
            _decoder = decoder;
            return step switch
            {
                ChunkedStep.End => AnswerStep.Whole,
                ChunkedStep.Malformed => AnswerStep.Malformed,
                _ => AnswerStep.More,
            };
        }
    }

    private AnswerStep OnWritten(AnswerStep step)
    {
        // The last byte of a known length is the end, whatever the sink's readers do.
        if (step is AnswerStep.More or AnswerStep.Wait && _framing is BodyFraming.Length or BodyFraming.None && _left == 0)
            return AnswerStep.Whole;
        Waits = step == AnswerStep.Wait;
        return step;
    }
}
