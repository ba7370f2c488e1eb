using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Cache;

/// <summary>Answers the proxy gives itself.</summary>
internal static class LocalResponse
{
    /// <summary>A text answer that must not be stored by anyone.</summary>
    /// <param name="text">The content; empty for none.</param>
    /// <param name="fields">Field lines of its own, each with its CRLF.</param>
    /// <exception cref="InvalidOperationException">The pool has no memory for it.</exception>
    public static StoredResponse Create(SegmentPool pool, int status, string text, string fields = "")
    {
        var body = new StoredBody(pool, Encoding.UTF8.GetByteCount(text));
        if (!body.Append(Encoding.UTF8.GetBytes(text)))
            throw new InvalidOperationException("There is no memory for an answer of the proxy's own.");
        body.Complete();
        var head = Encoding.ASCII.GetString(StatusLines.Of(status))
            + (text.Length == 0 ? string.Empty : "Content-Type: text/plain; charset=utf-8\r\n") + "Cache-Control: no-store\r\n" + fields;
        return new StoredResponse(status, Encoding.ASCII.GetBytes(head), hasDate: false, body);
    }
}
