using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The request line (RFC 9112, section 3).</summary>
internal static class RequestLine
{
    private const int HttpLength = 7;
    private const int HttpsLength = 8;

    /// <summary>Reads a line without its CRLF; sets method, target and version, and the host of an absolute target.</summary>
    public static Refusal Parse(ReadOnlySpan<byte> line, HttpLimits limits, RequestHead head)
    {
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0)
            return line.IsEmpty || (first < 0 && Tokens.IsToken(line)) ? Refusal.BadRequestLine : Refusal.BadMethod;
        var method = line[..first];
        if (!Tokens.IsToken(method))
            return Refusal.BadMethod;
        if (last == first)
            return Refusal.BadRequestLine;
        var version = ParseVersion(line[(last + 1)..], head);
        if (version != Refusal.None)
            return version;
        if (method.Length > limits.MethodBytes)
            return Refusal.MethodNotImplemented;
        head.MethodRange = ..first;
        head.Method = MethodOf(method);
        if (head.Method == KnownMethod.Connect)
            return Refusal.MethodNotImplemented;
        var target = line[(first + 1)..last];
        if (target.Contains((byte)' '))
            return Refusal.BadRequestLine;
        return ParseTarget(target, first + 1, head);
    }

    private static Refusal ParseVersion(ReadOnlySpan<byte> version, RequestHead head)
    {
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || version[6] != (byte)'.'
            || !char.IsAsciiDigit((char)version[5]) || !char.IsAsciiDigit((char)version[7]))
            return Refusal.BadVersion;
        if (version[5] != (byte)'1')
            return Refusal.UnsupportedVersion;
        head.Version = version[7] == (byte)'0' ? HttpVersion.Http10 : HttpVersion.Http11;
        return Refusal.None;
    }

    private static Refusal ParseTarget(ReadOnlySpan<byte> target, int position, RequestHead head)
    {
        if (target is [(byte)'*'])
        {
            head.TargetRange = position..(position + 1);
            return head.Method == KnownMethod.Options ? Refusal.None : Refusal.BadTarget;
        }

        if (target.IsEmpty || target[0] != (byte)'/')
        {
            var scheme = SchemeLength(target);
            if (scheme == 0)
                return Refusal.BadTarget;
            head.NamesHttps = scheme == HttpsLength;
            var rest = target[scheme..];
            var end = rest.IndexOfAny("/?"u8);
            var authority = end < 0 ? rest : rest[..end];
            if (!HostField.IsValid(authority))
                return Refusal.BadTarget;
            head.HostRange = (position + scheme)..(position + scheme + authority.Length);
            position += scheme + authority.Length;
            target = end < 0 ? default : rest[end..];
        }

        head.SetTarget(position, target.Length);
        return TargetRules.Check(target);
    }

    private static int SchemeLength(ReadOnlySpan<byte> target)
    {
        if (target.Length > HttpLength && Ascii.EqualsIgnoreCase(target[..HttpLength], "http://"u8))
            return HttpLength;
        return target.Length > HttpsLength && Ascii.EqualsIgnoreCase(target[..HttpsLength], "https://"u8) ? HttpsLength : 0;
    }

    private static KnownMethod MethodOf(ReadOnlySpan<byte> method) => method switch
    {
        _ when method.SequenceEqual("GET"u8) => KnownMethod.Get,
        _ when method.SequenceEqual("HEAD"u8) => KnownMethod.Head,
        _ when method.SequenceEqual("POST"u8) => KnownMethod.Post,
        _ when method.SequenceEqual("PUT"u8) => KnownMethod.Put,
        _ when method.SequenceEqual("DELETE"u8) => KnownMethod.Delete,
        _ when method.SequenceEqual("OPTIONS"u8) => KnownMethod.Options,
        _ when method.SequenceEqual("TRACE"u8) => KnownMethod.Trace,
        _ when method.SequenceEqual("CONNECT"u8) => KnownMethod.Connect,
        _ when method.SequenceEqual("PATCH"u8) => KnownMethod.Patch,
        _ => KnownMethod.Other,
    };
}
