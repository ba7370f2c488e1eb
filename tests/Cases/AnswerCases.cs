using Xunit;

namespace TlsProxy.Testing.Cases;

/// <summary>Heads of answers by what becomes of them. Characters stand for bytes of Latin-1.</summary>
public static class AnswerCases
{
    private const string Line = "RFC 9112 4, status-line";
    private const string LineEnd = "RFC 9112 2.2, line ends";
    private const string Field = "RFC 9112 5, field-line";
    private const string Colon = "RFC 9112 5.1, white space before a colon";
    private const string Fold = "RFC 9112 5.2, obs-fold";
    private const string Value = "RFC 9110 5.5, field-value";
    private const string Framing = "RFC 9112 6.3, message body length";
    private const string Length = "RFC 9110 8.6, Content-Length";
    private const string Coding = "RFC 9112 6.1, Transfer-Encoding";

    /// <summary>Section, head, and how it is read: status, framing, length, and the fields with a bar before each.</summary>
    public static TheoryData<string, string, string> Accepted => new()
    {
        { Line, "HTTP/1.1 200 OK\r\n\r\n", "200 UntilClose 0" },
        { Line, "HTTP/1.1 200 \r\n\r\n", "200 UntilClose 0" },
        { Line, "HTTP/1.1 200\r\n\r\n", "200 UntilClose 0" },
        { Line, "HTTP/1.1 200 \u00e9t\u00e9\t : so\r\n\r\n", "200 UntilClose 0" },
        { Line, "HTTP/1.0 404 Not Found\r\n\r\n", "404 UntilClose 0" },
        { Line, "HTTP/1.9 999 Own\r\n\r\n", "999 UntilClose 0" },
        { Line, "HTTP/1.1 100 Continue\r\n\r\n", "100 None 0" },
        { Line, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "103 None 0|Link: </a>" },
        { Line, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "101 None 0|Upgrade: x" },
        { LineEnd, "HTTP/1.1 200 OK\nX: a\nY: b\n\n", "200 UntilClose 0|X: a|Y: b" },
        { LineEnd, "HTTP/1.1 200\nX: a\r\nY: b\n\r\n", "200 UntilClose 0|X: a|Y: b" },
        { LineEnd, "HTTP/1.1 200 OK\r\nX: a\rb\r\rc\r\r\n\r\n", "200 UntilClose 0|X: a b  c" },
        { LineEnd, "HTTP/1.1 200 OK\r\nX:\ra\r\nY:\r\r\n\n", "200 UntilClose 0|X: a|Y: " },
        { Field, "HTTP/1.1 200 OK\r\nX:a\r\nx:  b\t\r\nY:\r\nZ: \r\n\r\n", "200 UntilClose 0|X: a|x: b|Y: |Z: " },
        { Field, "HTTP/1.1 200 OK\r\n!#$%&'*+-.^_`|~: a: b\r\n\r\n", "200 UntilClose 0|!#$%&'*+-.^_`|~: a: b" },
        { Colon, "HTTP/1.1 200 OK\r\nX : a\r\nY \t: b\r\n\r\n", "200 UntilClose 0|X: a|Y: b" },
        { Colon, "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", "200 Length 5|Content-Length: 5" },
        { Fold, "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\tc\r\nY: d\r\n\r\n", "200 UntilClose 0|X: a   b  \tc|Y: d" },
        { Fold, "HTTP/1.1 200 OK\nX: a\n b\n\n", "200 UntilClose 0|X: a  b" },
        { Fold, "HTTP/1.1 200 OK\r\nX:\r\n a\r\n \r\n\r\n", "200 UntilClose 0|X: a" },
        { Fold, "HTTP/1.1 200 OK\r\nX: a\r\n b: c\r\n\r\n", "200 UntilClose 0|X: a   b: c" },
        { Fold, "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n", "200 Chunked 0|Transfer-Encoding: chunked" },
        { Value, "HTTP/1.1 200 OK\r\nX: a\0b\0\r\n\r\n", "200 UntilClose 0|X: a b" },
        { Value, "HTTP/1.1 200 OK\r\nX: a\tb \u0080\u00ff\r\n\r\n", "200 UntilClose 0|X: a\tb \u0080\u00ff" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 Length 0|Content-Length: 0" },
        { Length, "HTTP/1.0 200 OK\r\nContent-Length: 0012\r\n\r\n", "200 Length 12|Content-Length: 0012" },
        {
            Length, "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n",
            "200 Length 9223372036854775807|Content-Length: 9223372036854775807"
        },
        {
            Length, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: a\r\ncontent-length:5\r\n\r\n",
            "200 Length 5|Content-Length: 5|X: a|content-length: 5"
        },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", "200 Chunked 0|Transfer-Encoding: Chunked" },
        { Framing, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "204 None 0|Content-Length: 5" },
        { Framing, "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", "304 None 0|Transfer-Encoding: chunked" },
    };

    /// <summary>Section, head. A head that could be read in two ways, or that is none.</summary>
    public static TheoryData<string, string> Refused => new()
    {
        { Line, "\r\nHTTP/1.1 200 OK\r\n\r\n" },
        { Line, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n" },
        { Line, "ICY 200 OK\r\n\r\n" },
        { Line, "<html>no head, as of HTTP/0.9" },
        { Line, "http/1.1 200 OK\r\n\r\n" },
        { Line, "HTTP/2.0 200 OK\r\n\r\n" },
        { Line, "HTTP/9.9 200 OK\r\n\r\n" },
        { Line, "HTTP/1.x 200 OK\r\n\r\n" },
        { Line, "HTTP/1.10 200 OK\r\n\r\n" },
        { Line, "HTTP/1.1\r\n\r\n" },
        { Line, "HTTP/1.1 \r\n\r\n" },
        { Line, "HTTP/1.1 20\r\n\r\n" },
        { Line, "HTTP/1.1 2000 OK\r\n\r\n" },
        { Line, "HTTP/1.1 200OK\r\n\r\n" },
        { Line, "HTTP/1.1 099 Low\r\n\r\n" },
        { Line, "HTTP/1.1 +20 OK\r\n\r\n" },
        { Line, "HTTP/1.1  200 OK\r\n\r\n" },
        { Line, " HTTP/1.1 200 OK\r\n\r\n" },
        { Line, "HTTP/1.1\t200 OK\r\n\r\n" },
        { Line, "HTTP/1.1 200\tOK\r\n\r\n" },
        { Line, "HTTP/1.1 200 a\rb\r\n\r\n" },
        { Line, "HTTP/1.1 200 a\0b\r\n\r\n" },
        { Line, "HTTP/1.1 200 OK\r\r\n\r\n" },
        { LineEnd, "HTTP/1.1 200 OK\r\nX: a\r\n\r\r\n\r\n" },
        { Field, "HTTP/1.1 200 OK\r\nno field\r\n\r\n" },
        { Field, "HTTP/1.1 200 OK\r\n: a\r\n\r\n" },
        { Field, "HTTP/1.1 200 OK\r\nX: a\r\na b: c\r\n\r\n" },
        { Field, "HTTP/1.1 200 OK\r\nX\0: a\r\n\r\n" },
        { Field, "HTTP/1.1 200 OK\r\nX\r: a\r\n\r\n" },
        { Field, "HTTP/1.1 200 OK\r\n\u00e9: a\r\n\r\n" },
        { Field, "HTTP/1.1 200 OK\r\n(x): a\r\n\r\n" },
        { Colon, "HTTP/1.1 200 OK\r\nX\v: a\r\n\r\n" },
        { Fold, "HTTP/1.1 200 OK\r\n X: a\r\n\r\n" },
        { Fold, "HTTP/1.1 200 OK\r\n \r\n\r\n" },
        { Fold, "HTTP/1.1 200 OK\r\nX\r\n : a\r\n\r\n" },
        { Fold, "HTTP/1.1 200 OK\r\nX: a\r\n \u0001\r\n\r\n" },
        { Fold, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n 6\r\n\r\n" },
        { Value, "HTTP/1.1 200 OK\r\nX: \u0001\r\n\r\n" },
        { Value, "HTTP/1.1 200 OK\r\nX: a\v\r\n\r\n" },
        { Value, "HTTP/1.1 200 OK\r\nX: \u007f\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 02\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 2\0" + "3\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n" },
        { Length, "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\n" },
        { Length, "HTTP/1.1 304 Not Modified\r\nContent-Length: 2, 3\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked;a=b\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n" },
        { Coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n" },
        { Coding, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" },
    };
}
