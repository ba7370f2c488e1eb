using System.Buffers.Text;
using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The framing of an answer, read strictly: where the fields let another recipient see another end of the body, the answer is
/// refused (RFC 9112, section 6.3).</summary>
internal static class ResponseFraming
{
    /// <summary>Gives a head the framing that its fields announce, or none where no content follows whatever they say.</summary>
    /// <param name="method">That of the request.</param>
    /// <returns>False when the framing is ambiguous or unknown, for an answer without content too.</returns>
    public static bool TryApply(ResponseHead head, KnownMethod method)
    {
        if (!TryRead(head, out var framing, out var length))
            return false;
        var bodiless = method == KnownMethod.Head || head.Status is < 200 or 204 or 304;
        head.Framing = bodiless ? BodyFraming.None : framing;
        head.ContentLength = head.Framing == BodyFraming.Length ? length : 0;
        return true;
    }

    private static bool TryRead(ResponseHead head, out BodyFraming framing, out long length)
    {
        framing = BodyFraming.UntilClose;
        length = 0;
        var coding = head.Fields.Find(KnownField.TransferEncoding);
        var first = head.Fields.Find(KnownField.ContentLength);
        if (coding >= 0)
        {
            framing = BodyFraming.Chunked;
            // HTTP/1.0 knows no transfer coding.
            return head.Version != HttpVersion.Http10 && first < 0 && !head.Fields.IsRepeated(KnownField.TransferEncoding)
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
