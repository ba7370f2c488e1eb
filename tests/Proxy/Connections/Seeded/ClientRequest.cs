using System.Globalization;
using System.Text;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>One request of a client, and what its answer may be.</summary>
internal sealed class ClientRequest
{
    private const int BodyMaximum = 20_000;

    // More than the proxy holds of a body on its way.
    private const int LargeBodyMaximum = 600_000;

    private ClientRequest(string target, byte[] bytes)
    {
        Target = target;
        Bytes = bytes;
    }

    public string Target { get; }

    /// <summary>The request as it is sent.</summary>
    public byte[] Bytes { get; }

    public bool IsHead { get; private init; }

    public bool ExpectsContinue { get; private init; }

    /// <summary>The proxy refuses it and closes.</summary>
    public bool IsMalformed { get; private init; }

    /// <summary>The connection ends with the answer.</summary>
    public bool IsLast { get; private init; }

    /// <summary>Its client can't take interim responses.</summary>
    public bool IsHttp10 { get; private init; }

    public bool HasRange { get; private init; }

    /// <summary>The body of a whole answer with status 200.</summary>
    public byte[] Content => Target == "/health" ? "ok\n"u8.ToArray() : SeededContent.Object(Target);

    public override string ToString()
    {
        var head = Bytes.AsSpan(0, Math.Max(0, Bytes.AsSpan().IndexOf("\r\n\r\n"u8)));
        return $"{Encoding.ASCII.GetString(head).Replace("\r\n", " | ", StringComparison.Ordinal)} ({Bytes.Length} bytes)";
    }

    public static ClientRequest Malformed() =>
        new("/", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"u8.ToArray()) { IsMalformed = true, IsLast = true };

    /// <summary>A GET of the whole that says nothing else.</summary>
    public static ClientRequest Plain(string target) => new(target, Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));

    /// <param name="mayEnd">The request may ask for the end of the connection.</param>
    /// <param name="prefersRanges">Most requests are for a range.</param>
    public static ClientRequest Create(Random random, string target, bool mayEnd, bool prefersRanges)
    {
        var isHttp10 = mayEnd && random.Next(3) == 0;
        var isLast = isHttp10 || (mayEnd && random.Next(3) == 0);
        var version = isHttp10 ? "HTTP/1.0" : "HTTP/1.1";
        var fields = "Host: a\r\n" + (isLast && !isHttp10 ? "Connection: close\r\n" : string.Empty);
        if (target == "/health" || isHttp10 || random.Next(8) != 0)
            return Get(random, target, version, fields, isLast, prefersRanges);
        return Post(random, target, fields, isLast);
    }

    private static ClientRequest Get(Random random, string target, string version, string fields, bool isLast, bool prefersRanges)
    {
        var isHead = random.Next(8) == 0;
        var hasRange = !isHead && target != "/health" && random.Next(prefersRanges ? 2 : 6) == 0;
        var range = hasRange ? $"Range: bytes={SeededRanges.Of(random, SeededContent.Object(target).Length)}\r\n" : string.Empty;
        var head = $"{(isHead ? "HEAD" : "GET")} {target} {version}\r\n{fields}{range}\r\n";
        return new ClientRequest(target, Encoding.ASCII.GetBytes(head))
        {
            IsHead = isHead,
            HasRange = hasRange,
            IsLast = isLast,
            IsHttp10 = version == "HTTP/1.0",
        };
    }

    private static ClientRequest Post(Random random, string target, string fields, bool isLast)
    {
        var maximum = random.Next(16) switch
        {
            0 => LargeBodyMaximum,
            < 8 => BodyMaximum,
            _ => 100,
        };
        var body = SeededContent.RequestBody(random.Next(4) == 0 ? 0 : random.Next(1, maximum));
        var expects = body.Length > 0 && random.Next(3) == 0;
        var isChunked = random.Next(2) == 0;
        var framing = isChunked ? "Transfer-Encoding: chunked\r\n" : $"Content-Length: {Number(body.Length)}\r\n";
        var head = $"POST {target} HTTP/1.1\r\n{fields}{framing}{(expects ? "Expect: 100-continue\r\n" : string.Empty)}\r\n";
        return new ClientRequest(target, [.. Encoding.ASCII.GetBytes(head), .. isChunked ? ChunkedMessage.Of(body, random, 6000) : body])
        {
            ExpectsContinue = expects,
            IsLast = isLast,
        };
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
