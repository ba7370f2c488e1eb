using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Testing.Cases;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [MemberData(nameof(ChunkCases.Accepted), MemberType = typeof(ChunkCases))]
    public void A_body_comes_out_whole_however_it_is_split(string section, string coded, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(coded + "NEXT");
        for (var split = 0; split <= bytes.Length; split++)
        {
            var decoder = new ChunkedDecoder();
            var body = new StringBuilder();
            var used = Run(ref decoder, bytes.AsSpan(0, split), body, out var step);
            if (step != ChunkedStep.End)
                used += Run(ref decoder, bytes.AsSpan(used), body, out step);
            Assert.True(step == ChunkedStep.End, $"{section}: {step} when split at {split}");
            Assert.Equal(expected, body.ToString());
            Assert.Equal(coded.Length, used);
        }
    }

    [Theory]
    [MemberData(nameof(ChunkCases.Malformed), MemberType = typeof(ChunkCases))]
    public void A_body_that_another_parser_could_read_differently_is_malformed(string section, string coded)
    {
        var decoder = new ChunkedDecoder();
        Run(ref decoder, Encoding.Latin1.GetBytes(coded), new StringBuilder(), out var step);
        Assert.True(step == ChunkedStep.Malformed, $"{section}: {step}");
        // Nothing mends it.
        Run(ref decoder, "0\r\n\r\n"u8, new StringBuilder(), out step);
        Assert.Equal(ChunkedStep.Malformed, step);
    }

    [Theory]
    [InlineData("5;a=")]
    [InlineData("5;a=\"")]
    [InlineData("0\r\nX: ")]
    [InlineData("0\r\n")]
    public void Endless_extensions_and_trailers_are_malformed(string start)
    {
        var decoder = new ChunkedDecoder();
        Run(ref decoder, Encoding.ASCII.GetBytes(start + new string('x', 20_000)), new StringBuilder(), out var step);
        Assert.Equal(ChunkedStep.Malformed, step);
    }

    [Fact]
    public void Extensions_may_go_on_as_long_as_the_data_outweighs_them()
    {
        var decoder = new ChunkedDecoder();
        var chunk = Encoding.ASCII.GetBytes("100;signature=" + new string('f', 100) + "\r\n" + new string('x', 256) + "\r\n");
        for (var i = 0; i < 1000; i++)
        {
            Run(ref decoder, chunk, new StringBuilder(), out var step);
            Assert.Equal(ChunkedStep.NeedMore, step);
        }

        var endless = Encoding.ASCII.GetBytes("1;signature=" + new string('f', 100) + "\r\nx\r\n");
        var rounds = 0;
        for (var step = ChunkedStep.NeedMore; step != ChunkedStep.Malformed; rounds++)
            Run(ref decoder, endless, new StringBuilder(), out step);
        Assert.InRange(rounds, 2, 200);
    }

    [Theory]
    [InlineData("X: y\r\nX-Empty:\r\n")]
    [InlineData("a:b:c\t \r\n")]
    [InlineData("")]
    public void Trailers_come_out_with_their_line_ends_however_they_are_split(string trailers)
    {
        var bytes = Encoding.Latin1.GetBytes("2\r\nok\r\n0\r\n" + trailers + "\r\nNEXT");
        for (var split = 0; split <= bytes.Length; split++)
        {
            var decoder = new ChunkedDecoder();
            var (body, section) = (new StringBuilder(), new StringBuilder());
            var used = Run(ref decoder, bytes.AsSpan(0, split), body, section, out var step);
            if (step != ChunkedStep.End)
                used += Run(ref decoder, bytes.AsSpan(used), body, section, out step);
            Assert.True(step == ChunkedStep.End, $"{step} when split at {split}");
            Assert.Equal("ok", body.ToString());
            Assert.Equal(trailers, section.ToString());
            Assert.Equal(bytes.Length - "NEXT".Length, used);
        }
    }

    internal static int Run(ref ChunkedDecoder decoder, ReadOnlySpan<byte> input, StringBuilder body, out ChunkedStep step) =>
        Run(ref decoder, input, body, new StringBuilder(), out step);

    internal static int Run(
        ref ChunkedDecoder decoder, ReadOnlySpan<byte> input, StringBuilder body, StringBuilder trailers, out ChunkedStep step)
    {
        var used = 0;
        do
        {
            step = decoder.Decode(input[used..], out var consumed, out var data);
            used += consumed;
            (step == ChunkedStep.Trailer ? trailers : body).Append(Encoding.Latin1.GetString(data));
        }
        while (step is ChunkedStep.Data or ChunkedStep.Trailer);
        return used;
    }
}
