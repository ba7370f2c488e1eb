using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Reads the heads of one answer: any number of interim ones within the limit for all together, and the final one.</summary>
internal sealed class AnswerHeads(RingServices services, OriginRequest request)
{
    private readonly HttpLimits _limits = services.AnswerLimits;
    private HeadScan _scan;
    private int _interimBytes;

    /// <summary>Reads one head from the start of what has come. While it isn't whole, the next call gets the same bytes and more.</summary>
    /// <param name="head">There where the result is <see cref="ParseStatus.Complete"/>.</param>
    public ParseStatus Read(ReadOnlySpan<byte> bytes, out ResponseHead? head, out int consumed)
    {
        var status = ResponseParser.Parse(bytes, _limits, request.Method, ref _scan, out head, out consumed);
        if (status != ParseStatus.Complete)
            return status;
        _scan = default;
        // A switch of protocols that nobody asked for isn't an answer (RFC 9110, section 15.2.2).
        if (head!.Status == 101)
            return request.WebSocket is null ? ParseStatus.Refused : status;
        if (head.Status < 200)
            return (_interimBytes += consumed) > _limits.HeadBytes ? ParseStatus.Refused : status;
        head.AddMissingDate(services.Time.GetUtcNow());
        return status;
    }
}
