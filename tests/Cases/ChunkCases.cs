using Xunit;

namespace TlsProxy.Testing.Cases;

/// <summary>Chunked bodies: what they carry, and what makes them malformed.</summary>
public static class ChunkCases
{
    private const string Size = "RFC 9112 7.1, chunk-size";
    private const string Data = "RFC 9112 7.1, chunk-data";
    private const string Extension = "RFC 9112 7.1.1, chunk-ext";
    private const string Trailer = "RFC 9112 7.1.2, trailer-section";

    /// <summary>Section, coded body, what it carries.</summary>
    public static TheoryData<string, string, string> Accepted => new()
    {
        { Size, "5\r\nhello\r\n0\r\n\r\n", "hello" },
        { Size, "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789" },
        { Size, "000000005\r\nhello\r\n000\r\n\r\n", "hello" },
        { Size, "0\r\n\r\n", "" },
        { Data, "8\r\n\r\n0\r\n\r\n\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n\n" },
        { Extension, "5;name=value\r\nhello\r\n0;last\r\n\r\n", "hello" },
        { Extension, "5;a;b=c;d=\"e\"\r\nhello\r\n0\r\n\r\n", "hello" },
        { Extension, "5; \ta = \tb ; c\r\nhello\r\n0\r\n\r\n", "hello" },
        { Extension, "5;a=\"\\\"; \\\\ \t\u00ff\"\r\nhello\r\n0\r\n\r\n", "hello" },
        { Trailer, "5\r\nhello\r\n0\r\nX: y\r\nX-Empty:\r\n\r\n", "hello" },
        { Trailer, "0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: b\r\n\r\n", "" },
    };

    /// <summary>Section, coded body.</summary>
    public static TheoryData<string, string> Malformed => new()
    {
        { Size, "\r\n" },
        { Size, "\r\nhello\r\n" },
        { Size, "+5\r\nhello\r\n" },
        { Size, "-5\r\nhello\r\n" },
        { Size, "0x5\r\nhello\r\n" },
        { Size, "5h\r\nhello\r\n" },
        { Size, "1_0\r\nhello\r\n" },
        { Size, " 5\r\nhello\r\n" },
        { Size, "\t5\r\nhello\r\n" },
        { Size, "5 \r\nhello\r\n" },
        { Size, "5\t\r\nhello\r\n" },
        { Size, "5 5\r\nhello\r\n" },
        { Size, "5\0\r\nhello\r\n" },
        { Size, "5\nhello\r\n" },
        { Size, "5\rhello\r\n" },
        { Size, "5\r\rhello\r\n" },
        { Size, "\u00ef\u00bc\u0095\r\nhello\r\n" },
        { Size, "10000000000000005\r\nhello\r\n" },
        { Size, "FFFFFFFFFFFFFFFF\r\n" },
        { Size, "8000000000000005\r\n" },
        { Size, "0000000000000000000000000000000005\r\n" },
        { Data, "5\r\nhelloX\r\n" },
        { Data, "5\r\nhello0\r\n\r\n" },
        { Data, "5\r\nhello\n0\r\n\r\n" },
        { Data, "5\r\nhello\r0\r\n\r\n" },
        { Data, "5\r\nhello\r\n\r\n0\r\n\r\n" },
        { Extension, "5;\r\nhello\r\n" },
        { Extension, "5;;a\r\nhello\r\n" },
        { Extension, "5;a;\r\nhello\r\n" },
        { Extension, "5;=b\r\nhello\r\n" },
        { Extension, "5;a=\r\nhello\r\n" },
        { Extension, "5;a=;b\r\nhello\r\n" },
        { Extension, "5;a b\r\nhello\r\n" },
        { Extension, "5;a \r\nhello\r\n" },
        { Extension, "5;a=b \r\nhello\r\n" },
        { Extension, "5;a=b=c\r\nhello\r\n" },
        { Extension, "5;a[b]\r\nhello\r\n" },
        { Extension, "5;a\u0001\r\nhello\r\n" },
        { Extension, "5;a\nhello\r\n" },
        { Extension, "5;a\rhello\r\n" },
        { Extension, "5;a\r\r\nhello\r\n" },
        { Extension, "5;a=\"b\r\n\"\r\nhello\r\n" },
        { Extension, "5;a=\"b\n\"\r\nhello\r\n" },
        { Extension, "5;a=\"\\\r\n\"\r\nhello\r\n" },
        { Extension, "5;a=\"b\0\"\r\nhello\r\n" },
        { Extension, "5;a=\"b\"c\r\nhello\r\n" },
        { "RFC 9110 5.6.3, bad white space before a semicolon", "5 ;a\r\nhello\r\n" },
        { Trailer, "0\r\nX: y\n\r\n" },
        { Trailer, "0\r\nX: y\r\n\n" },
        { Trailer, "0\r\n\n" },
        { Trailer, "0\r\n\rX" },
        { Trailer, "0\r\nno colon\r\n\r\n" },
        { Trailer, "0\r\nX : y\r\n\r\n" },
        { Trailer, "0\r\n: y\r\n\r\n" },
        { Trailer, "0\r\nX: y\r\n folded\r\n\r\n" },
        { Trailer, "0\r\n X: y\r\n\r\n" },
        { Trailer, "0\r\nX: a\0b\r\n\r\n" },
        { Trailer, "0\r\nX: a\rb\r\n\r\n" },
        { Trailer, "0\r\nGET / HTTP/1.1\r\n\r\n" },
    };
}
