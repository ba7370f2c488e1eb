using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Responses;

/// <summary>Makes the head a client gets out of an origin's: without what concerns the origin's connection, with Via (RFC 9110, section 7.6.3).</summary>
internal static class ForwardedHead
{
    /// <summary>Status line and fields, without the final empty line.</summary>
    /// <param name="keepLength">Content-Length stays where no body follows that would tell it.</param>
    /// <param name="keepAge">Age stays where it isn't counted on.</param>
    public static byte[] Format(ResponseHead head, bool keepLength, bool keepAge)
    {
        var bytes = new MemoryStream();
        bytes.Write(StatusLines.Of(head.Status));
        for (var i = 0; i < head.Fields.Count; i++)
        {
            var known = head.Fields.Known(i);
            if ((known == KnownField.ContentLength && !keepLength) || (known == KnownField.Age && !keepAge) || head.Fields.IsHopByHop(i))
                continue;
            bytes.Write(head.Fields.Name(i));
            bytes.Write(": "u8);
            bytes.Write(head.Fields.Value(i));
            bytes.Write("\r\n"u8);
        }

        bytes.Write(head.Version == HttpVersion.Http10 ? "Via: 1.0 tlsproxy\r\n"u8 : "Via: 1.1 tlsproxy\r\n"u8);
        return bytes.ToArray();
    }
}
