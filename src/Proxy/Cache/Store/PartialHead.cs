using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The head of a whole response out of a part's, and back.</summary>
internal static class PartialHead
{
    /// <summary>The head that the whole would have whose part this is (RFC 9111, section 3.4).</summary>
    public static ResponseHead ToWhole(ResponseHead part, long total)
    {
        var fields = part.Fields;
        var whole = part.Copy(i => fields.Known(i) is not (KnownField.ContentRange or KnownField.ContentLength) && !fields.IsHopByHop(i));
        whole.Status = 200;
        whole.Framing = BodyFraming.Length;
        whole.ContentLength = total;
        return whole;
    }

    /// <summary>A 206 with one part of a stored response (RFC 9110, section 15.3.7.1).</summary>
    /// <param name="body">Holds the part.</param>
    public static Response ToResponse(ResponseHead whole, ByteSpan part, long total, Body body)
    {
        var head = whole.Copy(_ => true);
        head.Status = 206;
        var range = string.Create(CultureInfo.InvariantCulture, $"bytes {part.Start}-{part.End - 1}/{total}");
        head.Fields.Add("Content-Range"u8, Encoding.ASCII.GetBytes(range));
        return new Response(head, body);
    }
}
