using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Responses;

/// <summary>A response of status 1xx that precedes the final one (RFC 9110, section 15.2): status and fields as clients get them. It
/// doesn't change, so any number of clients and threads share it.</summary>
internal sealed class InterimResponse
{
    private readonly byte[] _lines;

    private InterimResponse(int status, HttpVersion version, byte[] lines, bool setsCookies)
    {
        Status = status;
        Version = version;
        _lines = lines;
        SetsCookies = setsCookies;
    }

    /// <summary>From 100 to 199.</summary>
    public int Status { get; }

    /// <summary>The version that the origin sent it in, for Via.</summary>
    public HttpVersion Version { get; }

    /// <summary>The field lines without Via, each as <c>name: value</c> with its line end.</summary>
    public ReadOnlySpan<byte> Lines => _lines;

    /// <summary>A cookie among the fields is for the client whose request was forwarded.</summary>
    public bool SetsCookies { get; }

    /// <summary>Takes the fields of a head that clients get. Those of the origin's connection stay behind, and so does a length: an
    /// interim response has no content (RFC 9110, section 8.6).</summary>
    public static InterimResponse Of(ResponseHead head)
    {
        var length = 0;
        for (var i = 0; i < head.Fields.Count; i++)
            length += Passes(head.Fields, i) ? head.Fields.Name(i).Length + head.Fields.Value(i).Length + PackedLines.MarkBytes : 0;
        var lines = new byte[length];
        var writer = new HeadWriter(lines);
        for (var i = 0; i < head.Fields.Count; i++)
        {
            if (Passes(head.Fields, i))
                writer.Field(head.Fields.Name(i), head.Fields.Value(i));
        }

        return new InterimResponse(head.Status, head.Version, lines, head.Fields.Contains(KnownField.SetCookie));
    }

    private static bool Passes(FieldTable fields, int index) =>
        fields.Known(index) != KnownField.ContentLength && !fields.IsHopByHop(index);
}
