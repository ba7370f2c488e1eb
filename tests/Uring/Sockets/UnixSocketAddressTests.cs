using System.Net.Sockets;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Uring.Tests.Sockets;

public sealed class UnixSocketAddressTests
{
    [Fact]
    public void A_path_follows_the_family_and_ends_with_NUL()
    {
        var address = new byte[UnixSocketAddress.MaximumLength];

        var length = UnixSocketAddress.Write(new UnixDomainSocketEndPoint("/run/ä.sock"), address);

        Assert.Equal([1, 0, .. "/run/ä.sock\0"u8], address[..length]);
    }

    [Fact]
    public void An_abstract_name_begins_with_NUL_and_has_none_at_its_end()
    {
        var address = new byte[UnixSocketAddress.MaximumLength];

        var length = UnixSocketAddress.Write(new UnixDomainSocketEndPoint("\0origin"), address);

        Assert.Equal([1, 0, .. "\0origin"u8], address[..length]);
    }

    [Fact]
    public void The_longest_path_fits_and_a_longer_name_is_refused_with_its_length()
    {
        var address = new byte[UnixSocketAddress.MaximumLength];
        var longest = new UnixDomainSocketEndPoint(new string('a', UnixSocketAddress.PathBytesMaximum));
        Assert.Equal(UnixSocketAddress.MaximumLength, UnixSocketAddress.Write(longest, address));

        var longer = new UnixDomainSocketEndPoint("\0" + new string('a', UnixSocketAddress.PathBytesMaximum));
        var refused = Assert.Throws<ArgumentException>(() => UnixSocketAddress.Write(longer, address));
        Assert.Contains("has 108 bytes; it may have 1 to 107", refused.Message);
    }
}
