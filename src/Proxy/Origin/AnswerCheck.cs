using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Origin;

/// <summary>Finds answers that don't go with what was asked.</summary>
internal static class AnswerCheck
{
    /// <summary>Whether a 206 or 304 came to a request without range or condition (RFC 9110, sections 15.3.7 and 15.4.5), or a 206 doesn't say which bytes it
    /// brings or brings others (section 14.4). Its client would take a part for the whole, or use a response that it doesn't have.</summary>
    /// <param name="request">The fields the origin was sent.</param>
    public static bool IsUnasked(ResponseHead head, FieldTable request) => head.Status switch
    {
        304 => !request.Contains(KnownField.IfNoneMatch) && !request.Contains(KnownField.IfModifiedSince),
        206 => !request.Contains(KnownField.Range) || !IsDescribed(head),
        _ => false,
    };

    private static bool IsDescribed(ResponseHead head)
    {
        if (!head.Fields.TryGet(KnownField.ContentRange, out var range))
        {
            return head.Fields.TryGet(KnownField.ContentType, out var type) && type.Length > Multipart.Length
                && Ascii.EqualsIgnoreCase(type[..Multipart.Length], Multipart);
        }

        return !head.Fields.IsRepeated(KnownField.ContentRange)
            && (!ContentRangeField.IsOfBytes(range)
                || (ContentRangeField.TryRead(range, out var span, out _) && (head.Framing != BodyFraming.Length || head.ContentLength == span.Length)));
    }

    private static ReadOnlySpan<byte> Multipart => "multipart/byteranges"u8;
}
