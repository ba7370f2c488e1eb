using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class ResponseFramingTests
{
    [Theory]
    [InlineData("", nameof(BodyFraming.UntilClose), 0L)]
    [InlineData("Content-Length: 0", nameof(BodyFraming.Length), 0L)]
    [InlineData("Content-Length: 0012", nameof(BodyFraming.Length), 12L)]
    [InlineData("Content-Length: 9223372036854775807", nameof(BodyFraming.Length), long.MaxValue)]
    [InlineData("Content-Length: 5|Content-Length: 5|content-length: 5", nameof(BodyFraming.Length), 5L)]
    [InlineData("Transfer-Encoding: chunked", nameof(BodyFraming.Chunked), 0L)]
    [InlineData("Transfer-Encoding: CHUNKED", nameof(BodyFraming.Chunked), 0L)]
    public void A_framing_that_every_recipient_reads_alike_is_taken(string fields, string framing, long length)
    {
        var head = Head(200, fields);
        Assert.True(ResponseFraming.TryApply(head, KnownMethod.Get));
        Assert.Equal(framing, head.Framing.ToString());
        Assert.Equal(length, head.ContentLength);
    }

    [Theory]
    [InlineData("Content-Length: 5|Content-Length: 6")]
    [InlineData("Content-Length: 5|Content-Length: 05")]
    [InlineData("Content-Length: 5, 5")]
    [InlineData("Content-Length: +5")]
    [InlineData("Content-Length: -5")]
    [InlineData("Content-Length: 5a")]
    [InlineData("Content-Length: 0x5")]
    [InlineData("Content-Length:")]
    [InlineData("Content-Length: 9223372036854775808")]
    [InlineData("Transfer-Encoding: gzip")]
    [InlineData("Transfer-Encoding: gzip, chunked")]
    [InlineData("Transfer-Encoding: chunked, chunked")]
    [InlineData("Transfer-Encoding: chunked|Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked|Content-Length: 5")]
    [InlineData("Content-Length: 5|Transfer-Encoding: chunked")]
    public void A_framing_that_could_be_read_differently_is_not(string fields)
    {
        Assert.False(ResponseFraming.TryApply(Head(200, fields), KnownMethod.Get));
        Assert.False(ResponseFraming.TryApply(Head(204, fields), KnownMethod.Head));
    }

    [Fact]
    public void HTTP_1_0_knows_lengths_and_no_chunks()
    {
        Assert.True(ResponseFraming.TryApply(ReadAnswer.Of("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n"), KnownMethod.Get));
        var chunked = new ResponseHead { Status = 200, Version = HttpVersion.Http10 };
        chunked.Fields.Add("Transfer-Encoding"u8, "chunked"u8);
        Assert.False(ResponseFraming.TryApply(chunked, KnownMethod.Get));
    }

    [Theory]
    [InlineData(100, nameof(KnownMethod.Get))]
    [InlineData(103, nameof(KnownMethod.Post))]
    [InlineData(204, nameof(KnownMethod.Get))]
    [InlineData(304, nameof(KnownMethod.Get))]
    [InlineData(200, nameof(KnownMethod.Head))]
    public void An_answer_without_content_has_none_whatever_its_fields_say(int status, string method)
    {
        foreach (var fields in new[] { "", "Content-Length: 5", "Transfer-Encoding: chunked" })
        {
            var head = Head(status, fields);
            Assert.True(ResponseFraming.TryApply(head, Enum.Parse<KnownMethod>(method)));
            Assert.Equal(BodyFraming.None, head.Framing);
            Assert.Equal(0, head.ContentLength);
        }
    }

    private static ResponseHead Head(int status, string fields) =>
        Messages.Response(status, fields.Split('|', StringSplitOptions.RemoveEmptyEntries));
}
