using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The head of an origin's answer.</summary>
internal sealed class ResponseHead
{
    /// <summary>The status code, from 100 to 999.</summary>
    public int Status { get; set; }

    /// <summary>The version it came in.</summary>
    public HttpVersion Version { get; init; } = HttpVersion.Http11;

    /// <summary>The fields as received, hop-by-hop ones included.</summary>
    public FieldTable Fields { get; } = new();

    public BodyFraming Framing { get; set; }

    /// <summary>Bytes of the body when <see cref="Framing"/> is <see cref="BodyFraming.Length"/>.</summary>
    public long ContentLength { get; set; }

    /// <summary>The head of a 304 in place of this response: without what describes content, which the client has (RFC 9110, section 15.4.5).</summary>
    public ResponseHead ToNotModified()
    {
        var head = new ResponseHead { Status = 304, Version = Version };
        for (var i = 0; i < Fields.Count; i++)
        {
            if (!DescribesContent(Fields.Known(i), Fields.Name(i)))
                head.Fields.Add(Fields.Name(i), Fields.Value(i));
        }

        return head;
    }

    private static bool DescribesContent(KnownField known, ReadOnlySpan<byte> name) =>
        known is KnownField.ContentLength or KnownField.ContentRange or KnownField.ContentType
        || Ascii.EqualsIgnoreCase(name, "Content-Encoding"u8) || Ascii.EqualsIgnoreCase(name, "Content-Language"u8);
}
