using System.Buffers.Text;
using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>The framing of an origin's answer, read strictly: HttpClient takes the first of unequal lengths and reads an unknown coding
/// to the end of the connection, where a client behind the proxy could see another end (RFC 9112, section 6.3).</summary>
internal static class ResponseFraming
{
    /// <summary>Reads the framing the fields announce, as for a response with a body.</summary>
    /// <param name="isHttp10">The answer came as HTTP/1.0, which knows no transfer coding.</param>
    /// <returns>False when it is ambiguous or unknown.</returns>
    public static bool TryRead(ResponseHead head, bool isHttp10, out BodyFraming framing, out long length)
    {
        framing = BodyFraming.UntilClose;
        length = 0;
        var coding = head.Fields.Find(KnownField.TransferEncoding);
        var first = head.Fields.Find(KnownField.ContentLength);
        if (coding >= 0)
        {
            framing = BodyFraming.Chunked;
            return !isHttp10 && first < 0 && !head.Fields.IsRepeated(KnownField.TransferEncoding)
                && Ascii.EqualsIgnoreCase(head.Fields.Value(coding), "chunked"u8);
        }

        if (first < 0)
            return true;
        framing = BodyFraming.Length;
        var value = head.Fields.Value(first);
        for (var i = head.Fields.Find(KnownField.ContentLength, first + 1); i >= 0; i = head.Fields.Find(KnownField.ContentLength, i + 1))
        {
            if (!head.Fields.Value(i).SequenceEqual(value))
                return false;
        }

        return !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(value, out length, out var digits) && digits == value.Length;
    }
}
