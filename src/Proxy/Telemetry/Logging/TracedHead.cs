using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>What the access log says of a request's head. Its bytes are copied into a borrowed segment, since the worker's head serves
/// the next request before the line is written; an idle connection holds none.</summary>
internal readonly struct TracedHead
{
    // Values are cut there: longer ones would let a client fill the log's buffer, and others' lines would be lost.
    public const int TargetMaximum = 2048;
    public const int HostMaximum = 256;
    public const int RefererMaximum = 1024;
    public const int UserAgentMaximum = 1024;

    /// <summary>Bytes of all values together.</summary>
    public const int BytesMaximum = MethodMaximum + TargetMaximum + HostMaximum + RefererMaximum + UserAgentMaximum;

    private const int MethodMaximum = 32;

    private readonly Segment? _text;
    private readonly HttpVersion _version;
    private readonly ushort _method;
    private readonly ushort _target;
    private readonly ushort _host;
    private readonly ushort _referer;
    private readonly ushort _userAgent;

    private TracedHead(Segment? text, HttpVersion version, int method, int target, int host, int referer, int userAgent)
    {
        IsThere = true;
        _text = text;
        _version = version;
        if (text is null)
            return;
        (_method, _target, _host) = ((ushort)method, (ushort)target, (ushort)host);
        (_referer, _userAgent) = ((ushort)referer, (ushort)userAgent);
    }

    /// <summary>Whether a request has begun.</summary>
    public bool IsThere { get; }

    public ReadOnlySpan<byte> Method => Value(0, _method);

    /// <summary>The target, or where <see cref="Method"/> is empty the first line as it was sent.</summary>
    public ReadOnlySpan<byte> Target => Value(_method, _target);

    public ReadOnlySpan<byte> Host => Value(_method + _target, _host);

    public ReadOnlySpan<byte> Referer => Value(_method + _target + _host, _referer);

    public ReadOnlySpan<byte> UserAgent => Value(_method + _target + _host + _referer, _userAgent);

    /// <summary>The version that the request is served with; empty where there is no valid head.</summary>
    public ReadOnlySpan<byte> Protocol => Method.IsEmpty ? default : _version == HttpVersion.Http10 ? "HTTP/1.0"u8 : "HTTP/1.1"u8;

    /// <param name="segments">Where the bytes are kept; without memory the values are left out.</param>
    public static TracedHead Of(RequestHead head, SegmentStock segments)
    {
        var method = Cut(head.MethodText, MethodMaximum);
        var target = Cut(head.Target, TargetMaximum);
        var host = Cut(head.Host, HostMaximum);
        FindFields(head.Fields, out var referer, out var userAgent);
        var text = segments.TryRent(method.Length + target.Length + host.Length + referer.Length + userAgent.Length);
        if (text is not null)
        {
            var rest = text.Memory.Span;
            Append(method, ref rest);
            Append(target, ref rest);
            Append(host, ref rest);
            Append(referer, ref rest);
            Append(userAgent, ref rest);
        }

        return new TracedHead(text, head.Version, method.Length, target.Length, host.Length, referer.Length, userAgent.Length);
    }

    /// <summary>What was received is no valid head: its first line stands for it.</summary>
    public static TracedHead OfReceived(ReadOnlySpan<byte> received, SegmentStock segments)
    {
        var line = received.TrimStart("\r\n"u8);
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        line = Cut(end < 0 ? line : line[..end], TargetMaximum);
        var text = line.IsEmpty ? null : segments.TryRent(line.Length);
        if (text is not null)
            line.CopyTo(text.Memory.Span);
        return new TracedHead(text, default, 0, line.Length, 0, 0, 0);
    }

    public void Release(SegmentStock segments)
    {
        if (_text is not null)
            segments.Return(_text);
    }

    private static void FindFields(FieldTable fields, out ReadOnlySpan<byte> referer, out ReadOnlySpan<byte> userAgent)
    {
        referer = default;
        userAgent = default;
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields.Known(i) != KnownField.None)
                continue;
            var name = fields.Name(i);
            if (userAgent.IsEmpty && Ascii.EqualsIgnoreCase(name, "User-Agent"u8))
                userAgent = Cut(fields.Value(i), UserAgentMaximum);
            else if (referer.IsEmpty && Ascii.EqualsIgnoreCase(name, "Referer"u8))
                referer = Cut(fields.Value(i), RefererMaximum);
        }
    }

    /// <summary>The beginning of a value, without a part of a character of UTF-8 at its end.</summary>
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> value, int maximum)
    {
        const int ContinuationsMaximum = 3;
        if (value.Length <= maximum)
            return value;
        var end = maximum;
        while (end > maximum - ContinuationsMaximum && (value[end] & 0xC0) == 0x80)
            end--;
        return value[..((value[end] & 0xC0) == 0x80 ? maximum : end)];
    }

    private static void Append(ReadOnlySpan<byte> value, ref Span<byte> rest)
    {
        value.CopyTo(rest);
        rest = rest[value.Length..];
    }

    private ReadOnlySpan<byte> Value(int start, int length) => _text is null ? default : _text.Memory.Span.Slice(start, length);
}
