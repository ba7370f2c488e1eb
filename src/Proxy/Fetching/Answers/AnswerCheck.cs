using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Finds answers that don't go with what was asked.</summary>
internal static class AnswerCheck
{
    /// <summary>Whether a 206 or 304 came where nobody has asked for a part or named a condition (RFC 9110, sections 15.3.7 and 15.4.5), or
    /// a 206 doesn't say which bytes it brings (section 14.4). Its client would take a part for the whole, or look for a response that it
    /// doesn't have.</summary>
    /// <param name="sent">The fields the origin was sent.</param>
    /// <param name="asked">The fields of the client that is answered with it; the shared request goes without them, which not every origin
    /// heeds.</param>
    public static bool IsUnasked(ResponseHead head, FieldTable sent, FieldTable asked) => head.Status switch
    {
        304 => !HasCondition(sent) && !HasCondition(asked),
        206 => !(sent.Contains(KnownField.Range) || asked.Contains(KnownField.Range)) || !IsDescribed(head.Fields),
        _ => false,
    };

    private static bool HasCondition(FieldTable fields) =>
        fields.Contains(KnownField.IfNoneMatch) || fields.Contains(KnownField.IfModifiedSince);

    private static bool IsDescribed(FieldTable fields)
    {
        if (fields.TryGet(KnownField.ContentRange, out var range))
        {
            return !fields.IsRepeated(KnownField.ContentRange)
                && (!ContentRangeField.IsOfBytes(range) || ContentRangeField.TryRead(range, out _, out _));
        }

        return fields.TryGet(KnownField.ContentType, out var type) && type.Length > Multipart.Length
            && Ascii.EqualsIgnoreCase(type[..Multipart.Length], Multipart);
    }

    private static ReadOnlySpan<byte> Multipart => "multipart/byteranges"u8;
}
