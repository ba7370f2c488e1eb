using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Bench.Micro;

/// <summary>Request heads as clients send them.</summary>
internal static class Requests
{
    public static byte[] Curl(string target) =>
        Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n");

    public static byte[] Browser(string target) => Encoding.ASCII.GetBytes(
        $"GET {target} HTTP/1.1\r\nHost: www.example.com\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
        + "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\nConnection: keep-alive\r\n"
        + "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\nReferer: https://www.example.com/catalogue/index.html\r\n"
        + "Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\nUpgrade-Insecure-Requests: 1\r\n\r\n");

    public static RequestHead Parse(byte[] bytes)
    {
        var head = new RequestHead();
        if (RequestParser.Parse(bytes, new HttpLimits(), head, out _, out var refusal) != ParseStatus.Complete)
            throw new InvalidOperationException($"The request was refused: {refusal}.");
        return head;
    }
}
