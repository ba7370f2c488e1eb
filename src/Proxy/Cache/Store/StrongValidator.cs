using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>What says that two answers are parts of the very same bytes (RFC 9110, section 8.8.1).</summary>
internal static class StrongValidator
{
    /// <summary>A strong entity tag; where there is no tag at all, a time of the last change at least a second before the answer
    /// (sections 8.8.2.2 and 13.1.5). It is what If-Range takes.</summary>
    /// <returns>Empty where there is none.</returns>
    public static ReadOnlySpan<byte> Of(ResponseHead head)
    {
        if (head.Fields.TryGet(KnownField.ETag, out var tag))
            return tag is [(byte)'"', .., (byte)'"'] && tag.Length > 1 && !head.Fields.IsRepeated(KnownField.ETag) ? tag : default;
        return head.Fields.TryGet(KnownField.LastModified, out var text) && HttpDate.TryParse(text, out var modified)
            && head.Fields.TryGet(KnownField.Date, out var date) && HttpDate.TryParse(date, out var answered) && modified < answered
                ? text
                : default;
    }

    /// <summary>Whether both have one, and the same (RFC 9110, section 15.3.7.3; RFC 9111, section 3.4).</summary>
    public static bool AreEqual(ResponseHead one, ResponseHead other)
    {
        var validator = Of(one);
        return !validator.IsEmpty && validator.SequenceEqual(Of(other));
    }
}
