using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>Answers the proxy gives itself.</summary>
internal static class LocalResponse
{
    /// <summary>A text answer that must not be stored by anyone.</summary>
    /// <param name="text">The content; empty for none.</param>
    /// <param name="fields">Fields of its own.</param>
    /// <exception cref="InvalidOperationException">The pool has no memory for it.</exception>
    public static Response Create(
        SegmentPool pool, int status, string text, params ReadOnlySpan<(string Name, string Value)> fields) =>
        TryCreate(pool, status, text, fields)
        ?? throw new InvalidOperationException("There is no memory for an answer of the proxy's own.");

    /// <summary>The same; null when the pool has no memory for it.</summary>
    public static Response? TryCreate(
        SegmentPool pool, int status, string text, params ReadOnlySpan<(string Name, string Value)> fields) =>
        TryCreate(pool, status, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", fields);

    /// <summary>The same with a content of any type.</summary>
    public static Response? TryCreate(
        SegmentPool pool, int status, ReadOnlySpan<byte> content, string contentType,
        params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var body = new Body(pool, content.Length);
        if (!body.Append(content))
        {
            body.Release();
            return null;
        }

        body.Complete();
        var head = new ResponseHead { Status = status };
        if (!content.IsEmpty)
            Add(head, "Content-Type", contentType);
        Add(head, "Cache-Control", "no-store");
        foreach (var (name, value) in fields)
            Add(head, name, value);
        return new Response(head, body, isLocal: true);
    }

    private static void Add(ResponseHead head, string name, string value) =>
        head.Fields.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
}
