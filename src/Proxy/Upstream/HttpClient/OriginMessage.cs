using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>Translates between our heads and HttpClient's messages. Strings hold one byte a character (Latin-1), both ways.</summary>
internal static class OriginMessage
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private static readonly string[] StandardMethods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "QUERY"];

    /// <summary>The message for a request, or null when HttpClient can't send it: it knows no target <c>*</c>,
    /// writes NUL for what isn't ASCII in a target, and a method that differs from a standard one by case only in upper case.</summary>
    /// <param name="authority">The origin's <c>host:port</c>.</param>
    public static HttpRequestMessage? TryCreate(OriginRequest request, string authority, HttpContent? body)
    {
        var method = Encoding.Latin1.GetString(request.MethodText.Span);
        if (request.Target.Span is not [(byte)'/', ..] || request.Target.Span.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            || Array.Exists(StandardMethods, standard => IsMisspelt(method, standard)))
            return null;
        var target = Encoding.Latin1.GetString(request.Target.Span);
        var message = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://{authority}{target}", AsWritten))
        {
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        AddFields(message, request.Fields);
        message.Headers.ExpectContinue = request.ExpectsContinue ? true : null;
        if (request.AcceptsTrailers)
        {
            message.Headers.TryAddWithoutValidation("TE", "trailers");
            message.Headers.Connection.Add("TE");
        }

        // An origin that doesn't expect a body here may take it for the next request:
        // there is none on this connection (RFC 9110, section 9.3.1).
        if (request.Body is not null && request.Method is KnownMethod.Get or KnownMethod.Head or KnownMethod.Delete)
            message.Headers.ConnectionClose = true;
        return message;
    }

    /// <summary>Reads the head of an answer to a request by <paramref name="method"/>, and gives it the time of its arrival
    /// where it has no Date (RFC 9110, section 6.6.1).</summary>
    /// <returns>Null when its status, its framing or a field could be read differently by another recipient (RFC 9112, section 6.3).
    /// A switch to another protocol, which nobody asked for, is among them.</returns>
    public static ResponseHead? TryReadHead(HttpResponseMessage response, KnownMethod method, DateTimeOffset now)
    {
        var head = new ResponseHead
        {
            Status = (int)response.StatusCode,
            Version = response.Version == System.Net.HttpVersion.Version10 ? Http.HttpVersion.Http10 : Http.HttpVersion.Http11,
        };
        if (head.Status is < 200 or > 999
            || !TryAddFields(head.Fields, response.Headers) || !TryAddFields(head.Fields, response.Content.Headers)
            || !ResponseFraming.TryApply(head, method))
            return null;
        head.AddMissingDate(now);
        return head;
    }

    /// <summary>Trailers that may be passed on.</summary>
    /// <returns>Null when there are none.</returns>
    public static FieldTable? ReadTrailers(HttpResponseMessage response)
    {
        FieldTable? trailers = null;
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            var bytes = Encoding.Latin1.GetBytes(name);
            if (!TrailerFields.MayPass(bytes))
                continue;
            foreach (var value in values)
                TryAdd(trailers ??= new FieldTable(), bytes, value);
        }

        return trailers;
    }

    private static bool IsMisspelt(string method, string standard) =>
        string.Equals(method, standard, StringComparison.OrdinalIgnoreCase) && !string.Equals(method, standard, StringComparison.Ordinal);

    private static void AddFields(HttpRequestMessage message, FieldTable fields)
    {
        // The fields begin with Host.
        HostEncoding? behindHost = null;
        for (var i = 0; i < fields.Count; i++)
        {
            // The parser refuses these bytes; here they would split the head, so nothing is left to trust.
            if (fields.Value(i).IndexOfAny("\r\n\0"u8) >= 0)
                continue;
            if (fields.Known(i) == KnownField.Host)
            {
                behindHost = HostEncoding.Set(message, fields.Value(i));
                continue;
            }

            var name = Encoding.Latin1.GetString(fields.Name(i));
            var value = Encoding.Latin1.GetString(fields.Value(i));
            // Fields that describe a body are taken by the body's collection only, but a request without one may have them too.
            if (!message.Headers.TryAddWithoutValidation(name, value)
                && message.Content?.Headers.TryAddWithoutValidation(name, value) != true
                && fields.Known(i) != KnownField.ContentLength && Tokens.IsToken(fields.Name(i)))
                behindHost?.AppendLine(fields.Name(i), fields.Value(i));
        }
    }

    private static bool TryAddFields(FieldTable fields, System.Net.Http.Headers.HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated)
        {
            var bytes = Encoding.Latin1.GetBytes(name);
            foreach (var value in values)
            {
                if (!TryAdd(fields, bytes, value))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Adds a line that can't be taken for two.</summary>
    private static bool TryAdd(FieldTable fields, byte[] name, string value)
    {
        var bytes = Encoding.Latin1.GetBytes(value);
        if (!Tokens.IsToken(name) || !Tokens.IsFieldValue(bytes))
            return false;
        fields.Add(name, bytes);
        return true;
    }
}
