using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

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

        bytes.Write("Via: 1.1 tlsproxy\r\n"u8);
        return bytes.ToArray();
    }

    /// <summary>A stored head with the fields of a 304 in place of its own (RFC 9111, section 3.2).</summary>
    public static ResponseHead Update(ResponseHead stored, ResponseHead notModified)
    {
        var updated = new ResponseHead { Status = stored.Status, Framing = stored.Framing, ContentLength = stored.ContentLength };
        for (var i = 0; i < stored.Fields.Count; i++)
        {
            if (!Replaces(notModified.Fields, stored.Fields.Name(i), stored.Fields.Known(i)))
                updated.Fields.Add(stored.Fields.Name(i), stored.Fields.Value(i));
        }

        for (var i = 0; i < notModified.Fields.Count; i++)
        {
            if (!notModified.Fields.IsHopByHop(i) && !DescribesBody(notModified.Fields.Known(i), notModified.Fields.Name(i)))
                updated.Fields.Add(notModified.Fields.Name(i), notModified.Fields.Value(i));
        }

        return updated;
    }

    // A stored Age is that of the earlier answer, so it goes even where the new one has none.
    private static bool Replaces(FieldTable update, ReadOnlySpan<byte> name, KnownField known) =>
        known == KnownField.Age || (!DescribesBody(known, name) && update.Find(name) >= 0);

    private static bool DescribesBody(KnownField known, ReadOnlySpan<byte> name) =>
        known is KnownField.ContentLength or KnownField.ContentRange
        || Ascii.EqualsIgnoreCase(name, "Content-Encoding"u8) || Ascii.EqualsIgnoreCase(name, "Content-Type"u8);
}
