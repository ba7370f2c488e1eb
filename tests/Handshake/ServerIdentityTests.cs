namespace TlsProxy.Handshake.Tests;

public sealed class ServerIdentityTests
{
    [Theory]
    [InlineData("Example.COM", "example.com", "example.com")]
    [InlineData("example.com.", "example.com", "example.com")]
    [InlineData("localhost", "localhost", "localhost")]
    [InlineData("my_service.internal", "my_service.internal", "my_service.internal")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("192.0.2.1", "192.0.2.1", null)]
    [InlineData("[2001:db8::1]", "2001:db8::1", null)]
    [InlineData("2001:DB8::1", "2001:db8::1", null)]
    [InlineData("fe80::1%2", "fe80::1", null)]
    public void A_name_or_an_address_identifies_a_server(string host, string text, string? name)
    {
        var identity = ServerIdentity.Parse(host);
        Assert.Equal((text, name, name is null), (identity.Text, identity.Name, identity.Address is not null));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".example.com")]
    [InlineData("example..com")]
    [InlineData("*.example.com")]
    [InlineData("bücher.example")]
    [InlineData("a b")]
    [InlineData("example.com:443")]
    [InlineData("example.com\0.evil.example")]
    [InlineData("name.123")]
    public void What_is_neither_is_refused(string host) =>
        Assert.Contains($"'{host}' is not a valid name of a server", Assert.Throws<TlsConfigurationException>(
            () => ServerIdentity.Parse(host)).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_and_labels_have_the_lengths_of_DNS()
    {
        var longest = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        Assert.Equal(longest, ServerIdentity.Parse(longest).Name);
        Assert.Throws<TlsConfigurationException>(() => ServerIdentity.Parse(longest + "d"));
        Assert.Throws<TlsConfigurationException>(() => ServerIdentity.Parse(new string('a', 64)));
    }
}
