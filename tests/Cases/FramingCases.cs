using Xunit;

namespace TlsProxy.Testing.Cases;

/// <summary>Content-Length and Transfer-Encoding.</summary>
public static class FramingCases
{
    private const string Start = "POST / HTTP/1.1\r\nHost: a\r\n";
    private const string Coding = "RFC 9112 6.1, Transfer-Encoding";
    private const string Length = "RFC 9112 6.2, Content-Length";
    private const string Both = "RFC 9112 6.3, both";
    private const string NotFinal = "RFC 9112 6.3, chunked not final";
    private const string Chunked = "RFC 9112 7.1, chunked";

    public static TheoryData<string, string> Accepted => new()
    {
        { Length, Start + "Content-Length: 5\r\n\r\n" },
        { Length, Start + "Content-Length:5\r\n\r\n" },
        { Length, Start + "Content-Length: \t5 \t\r\n\r\n" },
        { Length, Start + "Content-Length: 0\r\n\r\n" },
        { Length, Start + "Content-Length: 0000000000000000000005\r\n\r\n" },
        { Length, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n" },
        { Coding, Start + "Transfer-Encoding: chunked\r\n\r\n" },
        { Coding, Start + "transfer-encoding:\tCHUNKED \r\n\r\n" },
        { Coding, "DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" },
    };

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { Length, Start + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 0\r\nX: y\r\ncontent-length: 44\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 5, 5\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 5, 6\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: ,5\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: +5\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: -5\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: -0\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 0x5\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 0o5\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 5a\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 5 5\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 1_0\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 5;\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 5.0\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: \"5\"\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: \u00b2\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length:\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 9223372036854775808\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 18446744073709551621\r\n\r\n", 400, "BadContentLength" },
        { Length, Start + "Content-Length: 99999999999999999999999999\r\n\r\n", 400, "BadContentLength" },
        { Length, "GET / HTTP/1.0\r\nContent-Length: x\r\n\r\n", 400, "BadContentLength" },
        { Both, Start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "LengthWithTransferEncoding" },
        { Both, Start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400, "LengthWithTransferEncoding" },
        { Both, Start + "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n", 400, "LengthWithTransferEncoding" },
        { Both, Start + "Transfer-Encoding: \r\nContent-Length: 5\r\n\r\n", 400, "LengthWithTransferEncoding" },
        { NotFinal, Start + "Transfer-Encoding: gzip\r\n\r\n", 501, "UnknownTransferCoding" },
        { NotFinal, Start + "Transfer-Encoding: chunked, gzip\r\n\r\n", 501, "UnknownTransferCoding" },
        { NotFinal, Start + "Transfer-Encoding: identity\r\n\r\n", 501, "UnknownTransferCoding" },
        { NotFinal, Start + "Transfer-Encoding: chunked, identity\r\n\r\n", 501, "UnknownTransferCoding" },
        { NotFinal, Start + "Transfer-Encoding: xchunked\r\n\r\n", 501, "UnknownTransferCoding" },
        { NotFinal, Start + "Transfer-Encoding: chunkedx\r\n\r\n", 501, "UnknownTransferCoding" },
        { NotFinal, Start + "Transfer-Encoding: cHuNkEd0\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: deflate;x=y, gzip, chunked\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: identity, chunked\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: GZip , chunked\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: gzip;q=\"a,b\", chunked\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: chunked;q=1, gzip\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding:  , gzip\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: gzip, gzip, chunked\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: x-foo;bar\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400, "BadTransferEncoding" },
        { Coding, Start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "BadTransferEncoding" },
        { Coding, Start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", 501, "UnknownTransferCoding" },
        { Coding, Start + "Transfer-Encoding:\r\n\r\n", 400, "BadTransferEncoding" },
        { Coding, Start + "Transfer-Encoding: , chunked\r\n\r\n", 400, "BadTransferEncoding" },
        { Coding, Start + "Transfer-Encoding: chunked,\r\n\r\n", 400, "BadTransferEncoding" },
        { Coding, Start + "Transfer-Encoding: chunked chunked\r\n\r\n", 400, "BadTransferEncoding" },
        { Coding, Start + "Transfer-Encoding: \"chunked\"\r\n\r\n", 400, "BadTransferEncoding" },
        { Coding, Start + "Transfer-Encoding: \u000bchunked\r\n\r\n", 400, "ControlByte" },
        { Coding, Start + "Transfer-Encoding: chunked\0\r\n\r\n", 400, "ControlByte" },
        { Chunked, Start + "Transfer-Encoding: chunked;q=1\r\n\r\n", 400, "BadTransferEncoding" },
        { Chunked, Start + "Transfer-Encoding: chunked ;x\r\n\r\n", 400, "BadTransferEncoding" },
        { "RFC 9112 6.1, HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "TransferEncodingInHttp10" },
        {
            "RFC 9112 6.1, HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\n",
            400, "LengthWithTransferEncoding"
        },
    };
}
