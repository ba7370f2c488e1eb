using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5;name=value\r\nhello\r\nA\r\n0123456789\r\n000\r\nTrailer: x\r\n\r\n", "hello0123456789")]
    [InlineData("0\r\n\r\n", "")]
    public void A_body_comes_out_whole_however_it_is_split(string coded, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(coded + "NEXT");
        for (var split = 0; split <= bytes.Length; split++)
        {
            var decoder = new ChunkedDecoder();
            var body = new StringBuilder();
            var used = Run(ref decoder, bytes.AsSpan(0, split), body, out var step);
            if (step != ChunkedStep.End)
                used += Run(ref decoder, bytes.AsSpan(used), body, out step);
            Assert.Equal(ChunkedStep.End, step);
            Assert.Equal(expected, body.ToString());
            Assert.Equal(coded.Length, used);
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("+5\r\nhello\r\n")]
    [InlineData("0x5\r\nhello\r\n")]
    [InlineData(" 5\r\nhello\r\n")]
    [InlineData("5 \r\nhello\r\n")]
    [InlineData("5\nhello\r\n")]
    [InlineData("5\r\nhelloX\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("0\r\nTrailer: x\n\r\n")]
    [InlineData("5;a\u0001\r\nhello\r\n")]
    public void A_body_that_another_parser_could_read_differently_is_malformed(string coded)
    {
        var decoder = new ChunkedDecoder();
        Run(ref decoder, Encoding.ASCII.GetBytes(coded), new StringBuilder(), out var step);
        Assert.Equal(ChunkedStep.Malformed, step);
    }

    [Fact]
    public void Endless_extensions_and_trailers_are_malformed()
    {
        foreach (var start in new[] { "5;", "0\r\n" })
        {
            var decoder = new ChunkedDecoder();
            Run(ref decoder, Encoding.ASCII.GetBytes(start + new string('x', 20_000)), new StringBuilder(), out var step);
            Assert.Equal(ChunkedStep.Malformed, step);
        }
    }

    private static int Run(ref ChunkedDecoder decoder, ReadOnlySpan<byte> input, StringBuilder body, out ChunkedStep step)
    {
        var used = 0;
        do
        {
            step = decoder.Decode(input[used..], out var consumed, out var data);
            used += consumed;
            body.Append(Encoding.ASCII.GetString(data));
        }
        while (step == ChunkedStep.Data);
        return used;
    }
}
