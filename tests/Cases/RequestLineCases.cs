using Xunit;

namespace TlsProxy.Testing.Cases;

/// <summary>Line ends, request lines and versions.</summary>
public static class RequestLineCases
{
    private const string Rest = "\r\nHost: a\r\n\r\n";
    private const string LineEnd = "RFC 9112 2.2, line ends";
    private const string EmptyLines = "RFC 9112 2.2, empty lines";
    private const string Version = "RFC 9112 2.3, version";
    private const string Line = "RFC 9112 3, request line";
    private const string Method = "RFC 9112 3.1, method";

    public static TheoryData<string, string> Accepted => new()
    {
        { Line, "GET / HTTP/1.1" + Rest },
        { EmptyLines, "\r\nGET / HTTP/1.1" + Rest },
        { EmptyLines, "\r\n\r\n\r\n\r\nGET / HTTP/1.1" + Rest },
        { Version, "GET / HTTP/1.0\r\n\r\n" },
        { Version, "GET / HTTP/1.2" + Rest },
        { Version, "GET / HTTP/1.9" + Rest },
        { Method, "PROPFIND / HTTP/1.1" + Rest },
        { Method, "M-SEARCH / HTTP/1.1" + Rest },
        { Method, "!#$%&'*+-.^_`|~09 / HTTP/1.1" + Rest },
    };

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { LineEnd, "GET / HTTP/1.1\nHost: a\n\n", 400, "BareLineFeed" },
        { LineEnd, "GET / HTTP/1.1\nHost: a\r\n\r\n", 400, "BareLineFeed" },
        { LineEnd, "GET / HTTP/1.1\r\nHost: a\n\r\n", 400, "BareLineFeed" },
        { LineEnd, "GET / HTTP/1.1\r\nHost: a\r\n\n", 400, "BareLineFeed" },
        { LineEnd, "\nGET / HTTP/1.1" + Rest, 400, "BareLineFeed" },
        { LineEnd, "GET / HTTP/1.1\rHost: a\r\r", 400, "BareCarriageReturn" },
        { LineEnd, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400, "BareCarriageReturn" },
        { LineEnd, "GET /\r HTTP/1.1" + Rest, 400, "BareCarriageReturn" },
        { LineEnd, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400, "BareCarriageReturn" },
        { LineEnd, "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400, "BareCarriageReturn" },
        { EmptyLines, "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1" + Rest, 400, "BadRequestLine" },
        { EmptyLines, "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", 400, "BadRequestLine" },
        { Version, "GET / http/1.1" + Rest, 400, "BadVersion" },
        { Version, "GET / Http/1.1" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP/1.1 " + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP/11" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP/1" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP/1.10" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP/01.1" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP/1,1" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP /1.1" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTPS/1.1" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP/x.y" + Rest, 400, "BadVersion" },
        { Version, "GET / HTTP/0.9" + Rest, 505, "UnsupportedVersion" },
        { Version, "GET / HTTP/2.0" + Rest, 505, "UnsupportedVersion" },
        { Version, "GET / HTTP/2.0\r\n", 505, "UnsupportedVersion" },
        { "RFC 9113 3.4, preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "UnsupportedVersion" },
        { "RFC 9112 A, HTTP/0.9", "GET /\r\n", 400, "BadRequestLine" },
        { Line, "GET  / HTTP/1.1" + Rest, 400, "BadRequestLine" },
        { Line, "GET /  HTTP/1.1" + Rest, 400, "BadRequestLine" },
        { Line, "GET / x HTTP/1.1" + Rest, 400, "BadRequestLine" },
        { Line, "GET HTTP/1.1" + Rest, 400, "BadRequestLine" },
        { Line, "GET" + Rest, 400, "BadRequestLine" },
        { Line, "GET /" + Rest, 400, "BadRequestLine" },
        { Line, "GET\t/\tHTTP/1.1" + Rest, 400, "BadMethod" },
        { Line, "GET /\tHTTP/1.1" + Rest, 400, "BadRequestLine" },
        { Line, "GET /\u000bHTTP/1.1" + Rest, 400, "BadRequestLine" },
        { Line, " GET / HTTP/1.1" + Rest, 400, "BadMethod" },
        { Line, "\0GET / HTTP/1.1" + Rest, 400, "BadMethod" },
        { Line, "\u00ef\u00bb\u00bfGET / HTTP/1.1" + Rest, 400, "BadMethod" },
        { Method, "G{T / HTTP/1.1" + Rest, 400, "BadMethod" },
        { Method, "GET: / HTTP/1.1" + Rest, 400, "BadMethod" },
        { Method, "G\u00c9T / HTTP/1.1" + Rest, 400, "BadMethod" },
        { Method, "\u0016\u0003\u0001\u0002", 400, "BadMethod" },
        { Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOP / HTTP/1.1\r\n", 501, "MethodNotImplemented" },
        { "RFC 9110 9.3.6, CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501, "MethodNotImplemented" },
        { "RFC 9110 9.3.6, CONNECT", "CONNECT / HTTP/1.1" + Rest, 501, "MethodNotImplemented" },
    };
}
