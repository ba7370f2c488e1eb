using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Answers with parts of one content, and what clients got of it.</summary>
internal static class PartAnswers
{
    public const string Content = "0123456789abcdefghij";
    public const string Fresh = "Cache-Control: max-age=60";
    public const string Tag = "ETag: \"1\"";

    /// <summary>Ranges go to the origin as they are.</summary>
    public static readonly PathRules Passing = new([new PathRule(new PathPattern("/object/")) { PassesRanges = true }]);

    /// <summary>The head of a part.</summary>
    public static ResponseHead Part(int first, int last, params string[] fields)
    {
        var head = Messages.Response(206, [$"Content-Range: bytes {first}-{last}/{Content.Length}", .. fields]);
        (head.Framing, head.ContentLength) = (BodyFraming.Length, last - first + 1);
        return head;
    }

    /// <summary>The bytes that a client has been given so far.</summary>
    public static string Read(FetchTicket ticket)
    {
        var body = ticket.Response!.Body;
        var part = ticket.Found?.Part ?? new ResponsePart(200, 0, body.Available);
        var text = new StringBuilder();
        while (text.Length < part.Length
            && body.Read(part.Start + text.Length, (int)part.Length - text.Length, out var slice) == BodyRead.Available)
            text.Append(Encoding.ASCII.GetString(slice.Span));
        return text.ToString();
    }
}
