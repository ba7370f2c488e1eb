using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Http1;

/// <summary>However a head is kept, its bytes are those that were recorded once: of stored responses, updated ones and forwarded ones, in
/// whole and in part, of random fields.</summary>
public sealed class RecordedHeadTests : IDisposable
{
    private const int Heads = 3000;
    private const string Recorded = "4EC134107AF5F639D308AE084D392E8D9100B31AB37A4CFEE8D549307F2E136E";

    private static readonly int[] s_statuses = [200, 200, 200, 203, 204, 206, 301, 404, 500, 799];

    private static readonly string[] s_fields =
    [
        "Age: 7", "Cache-Control: max-age=60", "Cache-Control: private=\"X-Mine\", no-cache=X-Other", "Cache-Status: other; hit",
        "Connection: X-Hop, ETag, keep-alive", "Connection: close", "Content-Digest: sha-256=:YQ==:", "Content-Encoding: gzip",
        "Content-Language: de", "Content-Length: 100", "CONTENT-LENGTH: 100", "Content-Location: /x", "Content-MD5: YQ==",
        "Content-Range: bytes 0-9/100", "Content-Type: text/html; charset=utf-8", "content-type: a/b",
        "Date: Thu, 26 Nov 2026 14:00:00 GMT", "ETag: \"v\"", "ETag: W/\"v\"", "Empty:", "Expires: 0", "Keep-Alive: 5",
        "Last-Modified: Thu, 26 Nov 2026 13:00:00 GMT", "Location: /there", "Proxy-Authentication-Info: a", "Server: nginx/1.22.1",
        "Set-Cookie: a=b", "Set-Cookie: c=d; Path=/", "TE: trailers", "Transfer-Encoding: chunked", "Vary: Accept-Encoding", "vary: X-A",
        "Via: 1.0 before", "X: " + new string('x', 300), "X-Hop: 1", "X-Mine: 1", "X-Other: 1", "x-other: 2", "X-Same: 1", "X-Same: 2",
    ];

    private readonly byte[] _written = new byte[16_384];
    private readonly SegmentPool _pool = new();
    private readonly Body _body;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Random _random = new(17);

    public RecordedHeadTests()
    {
        _body = new Body(_pool, 100);
        _body.Append(new byte[100]);
        _body.Complete();
    }

    [Fact]
    public void Bytes_of_heads_are_those_recorded()
    {
        var request = Messages.Request("/", "GET", "X-A: 1", "Accept-Encoding: gzip");
        for (var i = 0; i < Heads; i++)
        {
            var head = Make();
            var directives = ResponseDirectives.Read(head.Fields);
            var decision = new StoreDecision(CacheReason.Stored, directives, new Freshness(0, 0, 60_000))
            {
                StripsCookies = _random.Next(2) == 0,
            };
            var entry = CacheEntry.Create(request, head, _body, decision, 1_795_557_197_000, isBodiless: _random.Next(4) == 0);
            Record(entry.Response);
            Record(entry.With(entry.Head, _body).Response);
            Record(ForwardedAnswer.Of(head, _body, _random.Next(2) == 0 ? entry : null, directives, _random.Next(2) == 0));
            var updated = StoredHead.Update(entry.Head, Make(), 1_795_557_198_000, takesCookies: _random.Next(2) == 0);
            Record(CacheEntry.Create(request, updated, _body, decision, 1_795_557_199_000).Response);
            Record(new Response(updated, _body));
            Record(PartialHead.ToResponse(entry.Head, new ByteSpan(3, 4), 100, _body));
            Record(CacheEntry.Create(request, PartialHead.ToWhole(head, 100), _body, decision, 0).Response);
        }

        Assert.Equal(Recorded, Convert.ToHexString(_hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _hash.Dispose();
        _body.Release();
        _pool.Dispose();
    }

    private ResponseHead Make()
    {
        var head = Messages.Response(
            s_statuses[_random.Next(s_statuses.Length)],
            [.. Enumerable.Range(0, _random.Next(14)).Select(_ => s_fields[_random.Next(s_fields.Length)])]);
        var made = new ResponseHead { Status = head.Status, Version = _random.Next(5) == 0 ? HttpVersion.Http10 : HttpVersion.Http11 };
        made.Fields.AddFrom(head.Fields, _ => true);
        return made;
    }

    private void Record(Response response)
    {
        Write(response, ResponsePart.Whole(response.Status));
        Write(response.NotModified, ResponsePart.Whole(304));
        Write(response, new ResponsePart(206, 10, 5));
        Write(response, new ResponsePart(206, 10, 5) { Several = [new ByteSpan(10, 5), new ByteSpan(20, 5)] });
        Write(response, new ResponsePart(416, 0, 0));
        // Once more, out of what the first have left with the response.
        Write(response, ResponsePart.Whole(response.Status));
        _hash.AppendData(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{response.FieldBytes} {response.HasDate} {response.MayHaveBody}")));
    }

    private void Write(Response response, ResponsePart part)
    {
        var note = new CacheNote(
            (CacheOutcome)_random.Next(4), CacheReason.Fresh, AgeSeconds: _random.Next(3) - 1, Ttl: 60, ForwardStatus: 0);
        var context = new HeadContext(
            1_795_557_197, _random.Next(4) == 0 ? HttpVersion.Http10 : HttpVersion.Http11, _random.Next(2) == 0,
            _random.Next(3) == 0 ? null : 100, _random.Next(2) == 0, part, note, _random.Next(3) == 0 ? "X-Debug"u8.ToArray() : default)
        {
            AddedFields = _random.Next(3) == 0 ? "Alt-Svc: h3\r\n"u8.ToArray() : default,
        };
        _hash.AppendData(_written.AsSpan(0, Http1Head.Write(_written, response, context)));
    }
}
