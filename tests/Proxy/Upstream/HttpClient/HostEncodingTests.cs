using System.Text;
using TlsProxy.Proxy.Upstream.HttpClient;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

public sealed class HostEncodingTests
{
    private readonly HttpRequestMessage _message = new();

    [Fact]
    public void The_Host_of_its_message_is_written_as_the_bytes_that_came()
    {
        HostEncoding.Set(_message, "a\u00e4_b:1"u8);

        Assert.Equal(HostEncoding.StandIn, _message.Headers.Host);
        Assert.Equal("a\u00e4_b:1"u8, Write("Host", HostEncoding.StandIn));
    }

    [Fact]
    public void Lines_that_stand_behind_Host_leave_with_it()
    {
        var host = HostEncoding.Set(_message, "a"u8);

        host.AppendLine("Content-Type"u8, "text/plain"u8);
        host.AppendLine("Content-Language"u8, "de"u8);

        Assert.Equal("a\r\nContent-Type: text/plain\r\nContent-Language: de"u8, Write("Host", HostEncoding.StandIn));
    }

    [Theory]
    [InlineData("X-Host")]
    [InlineData("Cookie")]
    public void Other_fields_are_one_byte_a_character(string name)
    {
        HostEncoding.Set(_message, "a"u8);

        Assert.Equal([(byte)'b', 0xe4], Write(name, "b\u00e4").ToArray());
    }

    [Fact]
    public void A_message_without_a_Host_of_its_own_is_written_as_it_is() => Assert.Equal("host"u8, Write("Host", "host"));

    private ReadOnlySpan<byte> Write(string name, string value)
    {
        var encoding = HostEncoding.Select(name, _message);
        var bytes = new byte[encoding.GetMaxByteCount(value.Length)];
        Assert.Equal(encoding.GetByteCount(value), encoding.GetBytes(value, bytes));
        return bytes.AsSpan(0, encoding.GetBytes(value, bytes));
    }
}
