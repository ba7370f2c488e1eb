using System.Globalization;
using System.Text.Unicode;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Connections;

/// <summary>What the access log says of one connection's current request. The times are nanoseconds of the loop's clock.</summary>
internal sealed class RequestTrace
{
    private const int LineBytes = 1024;

    private readonly byte[] _request = new byte[512];
    private readonly byte[] _line = new byte[LineBytes];
    private int _requestLength;
    private long _accepted;
    private long _ready;
    private long _began;
    private long _head;
    private long _first;

    public CacheOutcome Outcome { get; set; }

    public int Status { get; set; }

    public void OnAccepted(long now) => _accepted = _ready = _began = now;

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
    public void Write(AccessLog log, ReadOnlySpan<char> address, RecordChannel channel, bool isTls, long bytes, long now)
    {
        var records = !isTls ? "none" : !channel.KernelTransmits ? "user" : channel.KernelReceives ? "tx+rx" : "tx";
        var first = _first == 0 ? now : _first;
        var fits = Utf8.TryWrite(
            _line, CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {address} \"{new Text(_request.AsMemory(0, _requestLength))}\" {Status} {bytes} {Outcome} "
            + $"ktls={records} handshake={Micro(_accepted, _ready)} head={Micro(_began, _head)} first={Micro(_head, first)} last={Micro(_head, now)}\n",
            out var length);
        if (fits)
            log.Write(_line.AsSpan(0, length));
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
