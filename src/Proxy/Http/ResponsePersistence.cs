using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Whether the connection to an origin carries a further request after an answer (RFC 9112, section 9.3).</summary>
internal static class ResponsePersistence
{
    /// <param name="head">Its framing is known.</param>
    public static bool Allows(ResponseHead head)
    {
        // A 204 that announces content may send it, and the bytes would be taken for the next answer.
        if (head.Framing == BodyFraming.UntilClose || (head.Status == 204 && AnnouncesContent(head)))
            return false;
        var keeps = head.Version == HttpVersion.Http11;
        for (var i = head.Find(KnownField.Connection); i >= 0; i = head.Find(KnownField.Connection, i + 1))
        {
            var list = head.Value(i);
            while (Tokens.TryNext(ref list, out var option))
            {
                if (Ascii.EqualsIgnoreCase(option, "close"u8))
                    return false;
                keeps |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
            }
        }

        return keeps;
    }

    private static bool AnnouncesContent(ResponseHead head) =>
        head.Contains(KnownField.TransferEncoding)
        || (head.TryGet(KnownField.ContentLength, out var length) && length.ContainsAnyExcept((byte)'0'));
}
