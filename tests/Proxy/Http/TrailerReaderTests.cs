using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class TrailerReaderTests
{
    [Theory]
    [InlineData("X-Sum: 1\r\n", "X-Sum: 1")]
    [InlineData("X-Sum:\t1 \r\nX-Empty:\r\nx-sum: 2\r\n", "X-Sum: 1|X-Empty: |x-sum: 2")]
    [InlineData("Content-Length: 5\r\nX: y\r\nTransfer-Encoding: chunked\r\nHost: b\r\nCache-Control: no-store\r\n", "X: y")]
    [InlineData("Content-Encoding: gzip\r\nContent-Digest: a\r\nTE: trailers\r\nAuthorization: b\r\nSet-Cookie: c\r\n", "")]
    [InlineData("Trailer: X\r\nConnection: close\r\nUpgrade: h2c\r\nAge: 1\r\nVary: *\r\n", "")]
    [InlineData("", "")]
    public void RFC_9110_section_6_5_1_fields_that_only_inform_are_passed_on(string section, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(section);
        for (var size = 1; size <= Math.Max(1, bytes.Length); size++)
        {
            var reader = new TrailerReader();
            foreach (var piece in bytes.Chunk(size))
                Assert.True(reader.TryTake(piece));
            Assert.Equal(expected, Messages.Describe(reader.Finish()));
        }
    }

    [Theory]
    [InlineData("X: close, x-sum", "X-Sum: 1|Y: 1")]
    [InlineData("Connection: close, x-sum", "Y: 1")]
    [InlineData("Connection: TE|Connection: keep-alive , \"a, x-y\", X-SUM", "Y: 1")]
    [InlineData("Connection: close, keep-alive, TE", "X-Sum: 1|Y: 1")]
    [InlineData("Connection: x-sum|Connection: y", "")]
    public void RFC_9110_section_7_6_1_fields_that_the_head_names_by_Connection_are_not(string head, string expected)
    {
        var reader = new TrailerReader(TrailerFields.NamedIn(Messages.Response(200, head.Split('|'))));
        Assert.True(reader.TryTake("X-Sum: 1\r\nY: 1\r\n"u8));
        Assert.Equal(expected, Messages.Describe(reader.Finish()));
    }

    [Fact]
    public void A_section_has_as_many_fields_as_the_limit_and_no_more()
    {
        var reader = new TrailerReader();
        for (var i = 0; i < TrailerReader.FieldsMaximum; i++)
            Assert.True(reader.TryTake("X: y\r\n"u8));
        Assert.Equal(TrailerReader.FieldsMaximum, reader.Finish()!.Count);
        Assert.True(reader.TryTake("X: y\r"u8));
        Assert.False(reader.TryTake("\n"u8));
    }

    [Fact]
    public void A_section_has_as_many_bytes_as_the_limit_and_no_more()
    {
        var reader = new TrailerReader();
        Assert.True(reader.TryTake("X: "u8));
        Assert.True(reader.TryTake(Encoding.ASCII.GetBytes(new string('x', TrailerReader.BytesMaximum - 5) + "\r\n")));
        Assert.Equal(TrailerReader.BytesMaximum - 5, reader.Finish()!.Value(0).Length);
        Assert.False(reader.TryTake("X"u8));
    }
}
