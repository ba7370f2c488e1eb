using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Bench.Micro;

/// <summary>Writing the head of a hit.</summary>
/// <param name="isNotModified">The client has the response already.</param>
internal sealed class HeadWriting(bool isNotModified) : Benchmark(isNotModified ? "write the head of a 304" : "write the head of a hit")
{
    private readonly byte[] _destination = new byte[1024];
    private Response? _response;
    private HeadContext _context;

    public override void Prepare()
    {
        var head = new ResponseHead { Status = 200 };
        head.Fields.Add("Server"u8, "nginx/1.22.1"u8);
        head.Fields.Add("Date"u8, "Tue, 24 Nov 2026 21:53:17 GMT"u8);
        head.Fields.Add("Content-Type"u8, "application/octet-stream"u8);
        head.Fields.Add("Last-Modified"u8, "Tue, 24 Nov 2026 20:00:00 GMT"u8);
        head.Fields.Add("ETag"u8, "\"5f1b3c2a-148710\""u8);
        var body = new Body(new SegmentPool(), 0);
        body.Complete();
        var whole = new Response(head, body);
        _response = isNotModified ? whole.NotModified : whole;
        _context = new HeadContext(1_795_557_197, HttpVersion.Http11, true, 1_345_292, false, ResponsePart.Whole(_response.Status),
            CacheNote.Reused(CacheReason.Fresh, new Freshness(1_795_555_963_000, 0, 3_600_000), 1_795_557_197_000));
    }

    public override void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
            Http1Head.Write(_destination, _response!, _context);
    }
}
