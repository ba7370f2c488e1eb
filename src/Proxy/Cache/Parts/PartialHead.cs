using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>The head of a whole response out of a part's, and back.</summary>
internal static class PartialHead
{
    /// <summary>The head that the whole would have whose part this is (RFC 9111, section 3.4).</summary>
    public static ResponseHead ToWhole(ResponseHead part, long total)
    {
        var whole = new ResponseHead { Status = 200, Version = part.Version, Framing = BodyFraming.Length, ContentLength = total };
        for (var i = 0; i < part.Fields.Count; i++)
        {
            if (part.Fields.Known(i) is not (KnownField.ContentRange or KnownField.ContentLength) && !part.Fields.IsHopByHop(i))
                whole.Fields.Add(part.Fields.Name(i), part.Fields.Value(i));
        }

        return whole;
    }

    /// <summary>A 206 with one part of a stored response (RFC 9110, section 15.3.7.1).</summary>
    /// <param name="body">Holds the part.</param>
    public static Response ToResponse(ResponseHead whole, ByteSpan part, long total, Body body)
    {
        var head = new ResponseHead { Status = 206, Version = whole.Version };
        for (var i = 0; i < whole.Fields.Count; i++)
            head.Fields.Add(whole.Fields.Name(i), whole.Fields.Value(i));
        head.Fields.Add("Content-Range"u8, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bytes {part.Start}-{part.End - 1}/{total}")));
        return new Response(206, ForwardedHead.Format(head, keepLength: false, keepAge: false), head.Fields.Contains(KnownField.Date), body);
    }
}
