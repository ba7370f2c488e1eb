using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>An origin that judges what it is sent by the letter of the grammar, keeps every byte of it, and answers each request
/// alike.</summary>
internal sealed partial class RecordingOrigin : IOriginServer
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: no-store\r\n\r\n";

    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly OriginListener _listener;

    public RecordingOrigin() => _listener = new OriginListener(ServeAsync);

    public Uri Address => _listener.Address;

    /// <summary>The whole requests so far.</summary>
    public RecordedRequest[] Requests => [.. _requests];

    /// <summary>What broke the grammar, with the bytes that did; a request that was cut short isn't among them.</summary>
    public string[] Faults => [.. _faults];

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken end)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var text = string.Empty;
        var buffer = new byte[16 * 1024];
        while (true)
        {
            while (TryTake(ref text, out var request, out var fault))
            {
                if (fault is not null)
                {
                    _faults.Enqueue(fault + ": " + text);
                    return;
                }

                _requests.Enqueue(request!);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(request!.Method == "HEAD" ? Answer : Answer + "ok"), end);
            }

            var count = await stream.ReadAsync(buffer, end);
            if (count == 0)
                return;
            text += Encoding.Latin1.GetString(buffer, 0, count);
        }
    }

    /// <returns>True when a request is whole, or can't become one.</returns>
    private static bool TryTake(ref string text, out RecordedRequest? request, out string? fault)
    {
        request = null;
        fault = null;
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        var head = Head().Match(text[..(end + 4)]);
        if (!head.Success)
        {
            fault = "no head by RFC 9112";
            return true;
        }

        var body = text[(end + 4)..];
        var fields = Field().Matches(head.Value)
            .Select(match => KeyValuePair.Create(match.Groups[1].Value, match.Groups[2].Value)).ToArray();
        var lengths = fields
            .Where(field => field.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            .Select(field => field.Value).ToArray();
        var codings = fields
            .Where(field => field.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            .Select(field => field.Value).ToArray();
        string? content;
        var trailers = string.Empty;
        int used;
        if (lengths.Length + codings.Length > 1 || Array.Exists(codings, coding => coding != "chunked"))
        {
            fault = "ambiguous framing";
            return true;
        }

        if (codings.Length == 1)
        {
            if (!TryTakeChunks(body, out content, out trailers, out used))
                return false;
        }
        else
        {
            used = lengths.Length == 0 ? 0 : int.Parse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture);
            if (body.Length < used)
                return false;
            content = body[..used];
        }

        request = new RecordedRequest(head.Groups[1].Value, head.Groups[2].Value, fields, content!, trailers);
        text = body[used..];
        return true;
    }

    private static bool TryTakeChunks(string text, out string? content, out string trailers, out int used)
    {
        var body = new StringBuilder();
        content = null;
        trailers = string.Empty;
        used = 0;
        while (Chunk().Match(text, used) is { Success: true } line)
        {
            var size = int.Parse(line.Groups[1].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            used += line.Length;
            if (size == 0)
            {
                var section = Trailers().Match(text, used);
                content = body.ToString();
                trailers = section.Groups[1].Value;
                used += section.Length;
                return section.Success;
            }

            if (text.Length < used + size + 2)
                return false;

            body.Append(text, used, size);
            used += size + 2;
        }

        return false;
    }

    [GeneratedRegex(
        """\A([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!$-~]+) HTTP/1\.1\r\n"""
        + """(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?[\t\x20-\x7E\x80-\xFF]*\r\n)+\r\n\z""")]
    private static partial Regex Head();

    [GeneratedRegex("""(?<=\n)([^:\r\n]+): ?([^\r\n]*)(?=\r\n)""")]
    private static partial Regex Field();

    [GeneratedRegex("""\G((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?[\t\x20-\x7E\x80-\xFF]*\r\n)*)\r\n""")]
    private static partial Regex Trailers();

    [GeneratedRegex("""\G([0-9A-Fa-f]+)\r\n""")]
    private static partial Regex Chunk();
}
