using System.Text;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Tests.Rates;

public sealed class ResponseReaderTests
{
    private const string Counted = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\n\r\nabcde";
    private const string Chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\n";

    [Theory]
    [InlineData(Counted, 5, true)]
    [InlineData(Chunked, 13, true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab", 2, false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nuntil the end", 13, false)]
    public void A_response_ends_where_its_framing_says_wherever_its_bytes_are_cut(string response, long body, bool isKept)
    {
        for (var cut = 1; cut <= response.Length; cut++)
        {
            var reader = new ResponseReader();
            reader.Attach(new CutStream(response, cut));

            Assert.Equal(isKept, reader.Read(out var found));
            Assert.Equal(body, found);
        }
    }

    [Fact]
    public void Responses_follow_each_other_on_a_connection()
    {
        var reader = new ResponseReader();
        reader.Attach(new CutStream(Counted + Chunked + Counted, 7));

        Assert.Equal([5, 13, 5], Enumerable.Range(0, 3).Select(_ =>
        {
            reader.Read(out var body);
            return body;
        }));
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n", "HTTP/1.1 503")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", "closed the connection")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", "closed the connection")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "without a size")]
    public void What_is_no_whole_response_fails_and_says_why(string response, string said)
    {
        var reader = new ResponseReader();
        reader.Attach(new CutStream(response, 1000));

        Assert.Contains(said, Assert.Throws<BenchException>(() => reader.Read(out _)).Message, StringComparison.Ordinal);
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class CutStream(string text, int cut) : MemoryStream(Encoding.ASCII.GetBytes(text))
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, cut));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, cut)]);
    }
}
