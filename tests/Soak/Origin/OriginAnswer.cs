using System.Globalization;
using System.Text;
using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Origin;

/// <summary>One answer of the origin, with or without a fault.</summary>
internal sealed class OriginAnswer(OriginRequest request, int version, OriginFault fault, Random random, AnswerWriter writer)
{
    private const string AnotherAnswer =
        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-Target: /of-another\r\nCache-Control: max-age=60\r\n\r\nanother";

    private static readonly string[] MalformedHeads =
    [
        "HTTP/1.1 2OO OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ];

    private readonly SoakTarget _target = request.Target;
    private readonly long _length = request.Target.LengthOf(version);

    /// <summary>Sends it; returns whether the connection goes on.</summary>
    public async Task<bool> SendAsync()
    {
        switch (fault)
        {
            case OriginFault.ResetBeforeHead:
                writer.Reset();
                return false;
            case OriginFault.EndBeforeHead:
                writer.Close();
                return false;
            case OriginFault.StallBeforeHead:
                await Task.Delay(random.Next(20, 300), writer.End);
                break;
            case OriginFault.MalformedHead:
                await writer.WriteAsync(MalformedHeads[random.Next(MalformedHeads.Length)]);
                writer.Close();
                return false;
            case OriginFault.ServerError:
                await SendHeadAsync("503 Service Unavailable", "error", "Content-Length: 100\r\n");
                await SendPieceAsync(ContentBytes.Key(_target.Path, "error", version), 0, request.IsHead ? 0 : 100);
                return true;
            case OriginFault.UnaskedNotModified when request.Head["If-None-Match"] is null && request.Head["If-Modified-Since"] is null:
                await SendHeadAsync("304 Not Modified", request.Variant, "");
                return true;
            case OriginFault.InterimAnswers:
                await writer.WriteAsync($"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nX-Target: {_target.Path}\r\n\r\n");
                await writer.WriteAsync($"HTTP/1.1 102 Processing\r\nX-Target: {_target.Path}\r\n\r\n");
                break;
        }
        return await SendWellOrCutAsync();
    }

    private async Task<bool> SendWellOrCutAsync()
    {
        if (request.Head.Method == "GET" && request.Has(version))
        {
            await SendHeadAsync("304 Not Modified", request.Variant, "");
            return true;
        }
        var range = fault == OriginFault.CloseDelimited ? null : request.RangeOf(version, _length);
        var (first, last) = range ?? (0, _length - 1);
        var length = last - first + 1;
        var hasLength = range is not null || fault is OriginFault.TooLargeLength or OriginFault.CloseDelimited;
        var chunked = fault == OriginFault.TruncatedChunk || (_target.IsChunked && !hasLength);
        var framing = chunked ? "Transfer-Encoding: chunked\r\n"
            : fault == OriginFault.CloseDelimited ? "Connection: close\r\n"
            : Field("Content-Length", length + (fault == OriginFault.TooLargeLength ? 1 + random.Next(1000) : 0));
        if (range is not null)
            framing += string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {first}-{last}/{_length}\r\n");
        await SendHeadAsync(range is null ? "200 OK" : "206 Partial Content", request.Variant, framing);
        if (request.IsHead)
        {
            if (fault == OriginFault.CloseDelimited)
                writer.Close();
            return fault != OriginFault.CloseDelimited;
        }

        // Behind the body in one write: what comes later can't be told from an answer to a request that was sent meanwhile.
        var surplus = fault == OriginFault.SurplusBytes ? "bytes that belong to nothing"
            : fault == OriginFault.SurplusAnswer ? AnotherAnswer : "";
        var key = ContentBytes.Key(_target.Path, request.Variant, version);
        var body = new OriginBody(key, first, length, chunked, random, writer) { Surplus = surplus };
        if (!await body.SendAsync(fault))
            return false;
        if (fault is OriginFault.CloseDelimited or OriginFault.TooLargeLength)
            writer.Close();
        return fault is not (OriginFault.CloseDelimited or OriginFault.TooLargeLength);
    }

    private Task SendHeadAsync(string status, string variant, string framing)
    {
        var head = new StringBuilder("HTTP/1.1 ").Append(status).Append("\r\n").Append(framing);
        var now = DateTimeOffset.UtcNow;
        head.Append(Field("Date", now.ToString("R", CultureInfo.InvariantCulture)));
        if (variant != "error")
        {
            head.Append("Cache-Control: ").Append(_target.LifetimeSeconds == 0 ? "no-store" : Lifetime()).Append("\r\n");
            head.Append(Field(_target.HasTag ? "ETag" : "Last-Modified", request.ValidatorOf(version)));
        }
        if (_target.Varies)
            head.Append("Vary: Accept-Language\r\n");
        head.Append(Field("X-Target", _target.Path)).Append(Field("X-Variant", variant)).Append(Field("X-Version", version));
        head.Append(Field("X-Generated", now.ToUnixTimeMilliseconds())).Append(Field("X-Got", request.Body.Length));
        // For whoever reads what was wrong: no check depends on it.
        head.Append(Field("X-Fault", fault)).Append("\r\n");
        return writer.WriteAsync(head.ToString());
    }

    private string Lifetime()
    {
        var fresh = string.Create(CultureInfo.InvariantCulture, $"max-age={_target.LifetimeSeconds}");
        return _target.StaleSeconds == 0 ? fresh : string.Create(
            CultureInfo.InvariantCulture,
            $"{fresh}, stale-while-revalidate={_target.StaleSeconds}, stale-if-error={_target.StaleSeconds}");
    }

    private async Task SendPieceAsync(ulong key, long offset, int length)
    {
        var bytes = new byte[length];
        ContentBytes.Fill(key, offset, bytes);
        await writer.WriteAsync(bytes);
    }

    private static string Field<T>(string name, T value) => string.Create(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
}
