using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;
using TlsProxy.Proxy.Connections.ProxyProtocol;

namespace TlsProxy.Proxy.Tests.Connections.ProxyProtocol;

public sealed class ProxyHeaderTests
{
    private static readonly byte[] _addresses4 = [192, 0, 2, 1, 198, 51, 100, 2, 0xD4, 0x31, 1, 0xBB];

    private static readonly byte[] _addresses6 =
        [.. IPAddress.Parse("2001:db8::1").GetAddressBytes(), .. IPAddress.Parse("2001:db8::2").GetAddressBytes(), 0xD4, 0x31, 1, 0xBB];

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 54321 443\r\n", "192.0.2.1")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255")]
    [InlineData("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0")]
    [InlineData("PROXY TCP6 2001:db8::1 ::1 54321 443\r\n", "2001:db8::1")]
    [InlineData(
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("PROXY UNKNOWN\r\n", null)]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", null)]
    [InlineData("PROXY UNKNOWN whatever there  is\r\n", null)]
    public void A_line_of_version_1_tells_the_source(string line, string? source) => IsRead(Encoding.ASCII.GetBytes(line), source);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("proxy TCP4 192.0.2.1 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY  TCP4 192.0.2.1 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY TCP4  192.0.2.1 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 54321 443 \r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 54321\r\n")]
    [InlineData("PROXY TCP4 192.0.2.01 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY TCP4 0xC0.0.2.1 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 2001:db8::1 54321 443\r\n")]
    [InlineData("PROXY TCP4 2001:db8::1 2001:db8::1 54321 443\r\n")]
    [InlineData("PROXY TCP6 192.0.2.1 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 54321 443\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 54321 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 054 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 -1 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 +1 443\r\n")]
    [InlineData("PROXY UDP4 192.0.2.1 198.51.100.2 54321 443\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 54321 443\n")]
    public void Other_lines_are_refused(string line)
    {
        var bytes = Encoding.ASCII.GetBytes(line + new string('x', 107));
        Assert.Equal(ProxyHeaderStatus.Malformed, ProxyHeader.Parse(bytes, out _, out var source));
        Assert.Null(source);
    }

    [Fact]
    public void A_line_without_end_is_refused_at_its_limit()
    {
        var bytes = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 200));
        Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeader.Parse(bytes.AsSpan(0, 106), out _, out _));
        Assert.Equal(ProxyHeaderStatus.Malformed, ProxyHeader.Parse(bytes.AsSpan(0, 107), out _, out _));
    }

    [Fact]
    public void Version_2_tells_the_source_whatever_values_follow()
    {
        byte[] values = [4, 0, 3, 1, 2, 3, 0xE0, 0, 0];
        IsRead(Header(0x21, 0x11, _addresses4), "192.0.2.1");
        IsRead(Header(0x21, 0x11, [.. _addresses4, .. values]), "192.0.2.1");
        IsRead(Header(0x21, 0x21, [.. _addresses6, .. values]), "2001:db8::1");
        IsRead(Header(0x21, 0x11, [.. _addresses4, 4, 0x0F, 0xE1, .. new byte[0x0FE1]]), "192.0.2.1");
    }

    [Fact]
    public void Version_2_leaves_the_sockets_address_where_it_tells_none()
    {
        IsRead(Header(0x20, 0x00, []), null);
        IsRead(Header(0x20, 0x11, _addresses4), null);
        IsRead(Header(0x20, 0xFF, [1, 2, 3]), null);
        IsRead(Header(0x21, 0x00, [1, 2, 3]), null);
        IsRead(Header(0x21, 0x12, _addresses4), null);
        IsRead(Header(0x21, 0x31, new byte[216]), null);
    }

    public static TheoryData<byte[]> MalformedHeaders =>
    [
        Header(0x11, 0x11, _addresses4),
        Header(0x22, 0x11, _addresses4),
        Header(0x21, 0x13, _addresses4),
        Header(0x21, 0x41, _addresses6),
        Header(0x21, 0x10, _addresses4),
        Header(0x21, 0x01, _addresses4),
        Header(0x21, 0x11, _addresses4[..11]),
        Header(0x21, 0x21, _addresses6[..35]),
        Header(0x21, 0x31, new byte[215]),
        Header(0x21, 0x11, [.. _addresses4, 4]),
        Header(0x21, 0x11, [.. _addresses4, 4, 0]),
        Header(0x21, 0x11, [.. _addresses4, 4, 0, 1]),
        Header(0x21, 0x11, [.. _addresses4, 3, 0, 4, 0, 0, 0, 0]),
        Header(0x21, 0x11, [.. _addresses4, 3, 0, 3, 0, 0, 0]),
        Header(0x21, 0x11, [.. _addresses4, 4, 0x0F, 0xE2, .. new byte[0x0FE2]]),
        new byte[] { 13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 11 },
        new byte[] { 13, 11 },
        new byte[] { 22, 3, 1, 2, 0 },
    ];

    [Theory]
    [MemberData(nameof(MalformedHeaders))]
    public void Other_headers_of_version_2_are_refused(byte[] header) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, ProxyHeader.Parse(header, out _, out _));

    [Fact]
    public void A_checksum_is_looked_at()
    {
        var header = Header(0x21, 0x11, [.. _addresses4, 3, 0, 4, 0, 0, 0, 0, 4, 0, 1, 9]);
        var checksum = header.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(16 + 12 + 3), ~checksum);
        IsRead(header, "192.0.2.1");

        header[16] ^= 1;
        Assert.Equal(ProxyHeaderStatus.Malformed, ProxyHeader.Parse(header, out _, out _));
    }

    [Fact]
    public void The_checksum_is_that_of_the_Castagnoli_polynomial() =>
        // The check value of CRC-32C: that of the nine digits.
        Assert.Equal(0xE3069283, ~"123456789"u8.ToArray().Aggregate(uint.MaxValue, BitOperations.Crc32C));

    private static byte[] Header(byte command, byte family, byte[] rest) =>
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, command, family, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];

    /// <summary>The header is complete with its last byte, neither before it nor by what follows.</summary>
    private static void IsRead(byte[] header, string? source)
    {
        for (var cut = 0; cut < header.Length; cut++)
            Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeader.Parse(header.AsSpan(0, cut), out _, out _));
        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.Parse([.. header, 22, 3, 1], out var length, out var read));
        Assert.Equal(header.Length, length);
        Assert.Equal(source, read?.ToString());
    }
}
