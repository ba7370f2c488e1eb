using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Telemetry.Logging;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Telemetry.Logging;

/// <summary>Writes lines of the access log as a connection does.</summary>
internal sealed class LoggedRequest : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly MemoryStream _written = new();
    private readonly AccessLog _log;
    private readonly RequestTrace _trace;
    private readonly byte[] _line = new byte[RequestTrace.LineBytes];
    private readonly LoggedConnection _connection = new("192.0.2.1", IsTls: false, default, "-");

    public LoggedRequest(AccessLogFormat format)
    {
        Segments = new SegmentStock(_pool);
        _trace = new RequestTrace(Segments);
        _log = new AccessLog(() => _written) { Format = format };
        _trace.OnAccepted(1);
    }

    public SegmentStock Segments { get; }

    public RequestHead Head { get; } = new();

    /// <summary>Reads a head from bytes.</summary>
    public static void Parse(string text, RequestHead head) => Assert.Equal(
        ParseStatus.Complete, RequestParser.Parse(Encoding.Latin1.GetBytes(text), new HttpLimits(), head, out _, out _));

    /// <summary>A request whose head has the lines, answered by a miss after 3 ms, of which the origin took 2.</summary>
    public void Write(string head)
    {
        Parse(head, Head);
        Write();
    }

    /// <summary>A request with the head that is there.</summary>
    public void Write()
    {
        _trace.OnHead(Head, 1_000_000);
        _trace.OnAsked(1_500_000);
        _trace.OnOriginAnswered(2_500_000);
        Answer(200, new CacheNote(CacheOutcome.Miss, CacheReason.NothingStored, CacheReason.Stored));
    }

    /// <summary>A request of which no head could be read.</summary>
    public void WriteRefused(ReadOnlySpan<byte> received)
    {
        _trace.OnRefused(received, 1_000_000);
        Answer(400, CacheNote.Own(CacheReason.Refused));
    }

    /// <summary>A request whose connection ends before its response.</summary>
    public void Cut(string head)
    {
        Parse(head, Head);
        _trace.OnHead(Head, 1_000_000);
        _trace.Reset();
    }

    /// <summary>What has been written; nothing more is.</summary>
    public string Read()
    {
        _log.Dispose();
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(_written.ToArray());
    }

    public void Dispose()
    {
        _log.Dispose();
        Segments.Clear();
        _pool.Dispose();
    }

    private void Answer(int status, CacheNote note)
    {
        _trace.OnAnswer(status, note);
        _trace.OnSent(3_000_000);
        _trace.Write(_log, _line, _connection, 1234, new SentBody(1000, 3_500_000), received: -1, 4_000_000);
    }
}
