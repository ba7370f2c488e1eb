using System.Globalization;
using System.Text.Unicode;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Connections;

/// <summary>What the access log says of one connection's current request. The times are nanoseconds of the loop's clock.</summary>
internal sealed class RequestTrace
{
    /// <summary>Bytes that suffice for a line.</summary>
    public const int LineBytes = 1024;

    private readonly byte[] _request = new byte[512];
    private int _requestLength;
    private long _accepted;
    private long _ready;
    private long _began;
    private long _head;
    private long _first;

    public CacheNote Note { get; set; }

    public int Status { get; set; }

    public void OnAccepted(long now) => _accepted = _ready = _began = now;

    /// <summary>The connection has ended.</summary>
    public void Reset()
    {
        Array.Clear(_request);
        (_requestLength, Status, Note) = (0, 0, default);
        _accepted = _ready = _began = _head = _first = 0;
    }

    /// <summary>The keys are there.</summary>
    public void OnReady(long now) => _ready = _began = now;

    /// <summary>A head is whole.</summary>
    public void OnHead(RequestHead head, long now)
    {
        _head = now;
        _first = 0;
        _requestLength = 0;
        Append(head.MethodText);
        Append(" "u8);
        Append(head.Target);
    }

    /// <summary>There is no valid head to name.</summary>
    public void OnRefused(long now)
    {
        _head = now;
        _first = 0;
        _requestLength = 0;
        Append("-"u8);
    }

    /// <summary>The kernel has taken bytes of the response.</summary>
    public void OnSent(long now)
    {
        if (_first == 0)
            _first = now;
    }

    /// <summary>Writes the line; the next request begins now.</summary>
    /// <param name="line">Memory for it, of <see cref="LineBytes"/>.</param>
    /// <param name="session">The default without TLS.</param>
    /// <param name="records">Who makes the records, as <see cref="KtlsVerdict.Text"/> has it.</param>
    public void Write(
        AccessLog log, Span<byte> line, ReadOnlySpan<char> address, in TlsSession session, string records, long bytes, long now)
    {
        var first = _first == 0 ? now : _first;
        var fits = Utf8.TryWrite(
            line, CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {address} \"{new Text(_request.AsMemory(0, _requestLength))}\" {Status} {bytes} {Note.Outcome} "
            + $"reuse={CacheReasons.TextOf(Note.Reuse)} store={CacheReasons.TextOf(Note.Store)} "
            + $"tls={session.VersionText} suite={session.SuiteText} group={session.Group ?? "-"} resumed={session.ResumedText} ktls={records} "
            + $"handshake={Micro(_accepted, _ready)} head={Micro(_began, _head)} first={Micro(_head, first)} last={Micro(_head, now)}\n",
            out var length);
        if (fits)
            log.Write(line[..length]);
        _began = now;
    }

    private static long Micro(long from, long to) => Math.Max(0, to - from) / 1000;

    private void Append(ReadOnlySpan<byte> bytes)
    {
        // The parser lets no control byte through; a quote would end the field.
        foreach (var octet in bytes[..Math.Min(bytes.Length, _request.Length - _requestLength)])
            _request[_requestLength++] = octet == (byte)'"' ? (byte)'\'' : octet;
    }

    /// <summary>Bytes that are ASCII, formatted as they are.</summary>
    private readonly struct Text(ReadOnlyMemory<byte> bytes) : IUtf8SpanFormattable, IFormattable
    {
        public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        {
            bytesWritten = bytes.Length;
            return bytes.Span.TryCopyTo(utf8Destination);
        }

        public string ToString(string? format, IFormatProvider? formatProvider) => System.Text.Encoding.ASCII.GetString(bytes.Span);
    }
}
