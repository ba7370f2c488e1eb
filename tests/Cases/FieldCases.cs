using Xunit;

namespace TlsProxy.Testing.Cases;

/// <summary>Field lines, and the fields that steer the connection and the forwarding.</summary>
public static class FieldCases
{
    private const string Start = "GET / HTTP/1.1\r\nHost: a\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n";
    private const string Line = "RFC 9112 5.1, field line";
    private const string Fold = "RFC 9112 5.2, obs-fold";
    private const string Name = "RFC 9110 5.1, field name";
    private const string Value = "RFC 9110 5.5, field value";
    private const string Connection = "RFC 9110 7.6.1, Connection";
    private const string Expect = "RFC 9110 10.1.1, Expect";
    private const string Forwards = "RFC 9110 7.6.2, Max-Forwards";

    public static TheoryData<string, string> Accepted => new()
    {
        { Line, Start + "X-Empty:\r\nX-Space: \t a b \t\r\n\r\n" },
        { Line, Start + "X:y:z\r\n\r\n" },
        { Name, Start + "!#$%&'*+-.^_`|~09: x\r\n\r\n" },
        { Value, Start + "X: \u0080\u00ff\r\n\r\n" },
        { Value, Start + "X: a\tb\r\n\r\n" },
        { Value, Start + "X: \"(<@,;:\\\"\r\n\r\n" },
        { Connection, Start + "Connection: close\r\n\r\n" },
        { Connection, Start + "Connection: , Keep-Alive,, X-Private\r\nX-Private: 1\r\n\r\n" },
        { "RFC 9110 7.8, Upgrade", Start + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n" },
        { "RFC 9110 10.1.4, TE", Start + "Connection: TE\r\nTE: trailers, gzip;q=0.5\r\n\r\n" },
        { Expect, Start + "Expect: 100-continue\r\n\r\n" },
        { Expect, Post + "Expect: 100-Continue\r\n\r\n" },
        { Expect, Post + "Expect: 100-continue, 100-continue\r\n\r\n" },
        { Expect, "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n" },
        { Forwards, "OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 10\r\n\r\n" },
        { Forwards, Start + "Max-Forwards: x\r\n\r\n" },
    };

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { Line, Start + "no colon\r\n\r\n", 400, "BadFieldName" },
        { Line, Start + "X\r\n\r\n", 400, "BadFieldName" },
        { Line, "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "SpaceBeforeColon" },
        { Line, Start + "X\t: y\r\n\r\n", 400, "SpaceBeforeColon" },
        { Line, Start + "Content-Length : 5\r\n\r\n", 400, "SpaceBeforeColon" },
        { Line, Start + "Transfer-Encoding : chunked\r\n\r\n", 400, "SpaceBeforeColon" },
        { "RFC 9112 2.2, before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, "FoldedField" },
        { "RFC 9112 2.2, before the first field", "GET / HTTP/1.1\r\n\tX: y\r\nHost: a\r\n\r\n", 400, "FoldedField" },
        { "RFC 9112 2.2, before the first field", "GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n", 400, "FoldedField" },
        { Fold, Start + " folded\r\n\r\n", 400, "FoldedField" },
        { Fold, Start + "X: y\r\n\tz\r\n\r\n", 400, "FoldedField" },
        { Fold, Start + "Transfer-Encoding:\r\n chunked\r\n\r\n", 400, "FoldedField" },
        { Fold, Start + "X: y\r\n \r\n\r\n", 400, "FoldedField" },
        { Name, Start + ": empty\r\n\r\n", 400, "BadFieldName" },
        { Name, Start + "X(y): z\r\n\r\n", 400, "BadFieldName" },
        { Name, Start + "X Y: z\r\n\r\n", 400, "BadFieldName" },
        { Name, Start + "X\u00e9: z\r\n\r\n", 400, "BadFieldName" },
        { Name, Start + "X\0: z\r\n\r\n", 400, "BadFieldName" },
        { Name, Start + "\u000bTransfer-Encoding: chunked\r\n\r\n", 400, "BadFieldName" },
        { Name, Start + "{: z\r\n\r\n", 400, "BadFieldName" },
        { Value, Start + "X: a\0b\r\n\r\n", 400, "ControlByte" },
        { Value, Start + "X: a\u0001\r\n\r\n", 400, "ControlByte" },
        { Value, Start + "X: \u000ba\r\n\r\n", 400, "ControlByte" },
        { Value, Start + "X: a\u007fb\r\n\r\n", 400, "ControlByte" },
        { Value, Start + "X: a\rb\r\n\r\n", 400, "BareCarriageReturn" },
        { Value, Start + "X: a\nb\r\n\r\n", 400, "BareLineFeed" },
        { Connection, Start + "Connection: Host\r\n\r\n", 400, "BadConnectionOption" },
        { Connection, Start + "Connection: close, content-length\r\n\r\n", 400, "BadConnectionOption" },
        { Connection, Start + "Connection: Authorization\r\nAuthorization: Basic x\r\n\r\n", 400, "BadConnectionOption" },
        { Connection, Start + "Connection: keep-alive\r\nConnection: Cache-Control\r\n\r\n", 400, "BadConnectionOption" },
        { Connection, Start + "Connection: Cookie\r\n\r\n", 400, "BadConnectionOption" },
        { Connection, Start + "Connection: X-Forwarded-For\r\n\r\n", 400, "BadConnectionOption" },
        { Connection, Start + "Connection: Content-Encoding\r\n\r\n", 400, "BadConnectionOption" },
        { Connection, Start + "Connection: Range, If-Range\r\n\r\n", 400, "BadConnectionOption" },
        { Expect, Post + "Expect: 200-ok\r\n\r\n", 417, "UnknownExpectation" },
        { Expect, Post + "Expect: 100-continue, x\r\n\r\n", 417, "UnknownExpectation" },
        { Expect, Post + "Expect: 100-continue\r\nExpect: x=y\r\n\r\n", 417, "UnknownExpectation" },
        { Expect, Post + "Expect: 100-continue;q=1\r\n\r\n", 417, "UnknownExpectation" },
        { Forwards, "OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: -1\r\n\r\n", 400, "BadMaxForwards" },
        { Forwards, "OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards:\r\n\r\n", 400, "BadMaxForwards" },
        { Forwards, "TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 1\r\nMax-Forwards: 2\r\n\r\n", 400, "BadMaxForwards" },
    };
}
