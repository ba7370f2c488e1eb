using System.Text;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class ListenerOptionTests
{
    [Theory]
    [InlineData("https://127.0.0.1:8443", true, false)]
    [InlineData("HTTP://127.0.0.1:80/", false, false)]
    [InlineData("https+proxy://0.0.0.0:443", true, true)]
    [InlineData("http+proxy://[::1]:80", false, true)]
    public void The_scheme_of_an_address_says_how_its_connections_begin(string text, bool isTls, bool hasProxyHeader) =>
        Assert.Equal(new ListenerTraits(isTls, hasProxyHeader), OptionValues.Listen(text, out _)?.Traits);

    [Theory]
    [InlineData("ftp://127.0.0.1:80")]
    [InlineData("127.0.0.1:80")]
    [InlineData("https+other://127.0.0.1:80")]
    [InlineData("https://127.0.0.1")]
    public void Other_addresses_are_refused_with_a_sentence(string text)
    {
        Assert.Null(OptionValues.Listen(text, out var error));
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("fd00::/8", "10.0.0.1", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("0.0.0.0/0", "unknown", false)]
    public void A_network_holds_its_addresses(string network, string address, bool holds) =>
        Assert.Equal(holds, new TrustedProxies([OptionValues.Network(network, out _)!.Value]).Contains(address));

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("example.org")]
    [InlineData("fe80::1%1")]
    public void Other_networks_are_refused_with_a_sentence(string text)
    {
        Assert.Null(OptionValues.Network(text, out var error));
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("31536000", "max-age=31536000")]
    [InlineData("0", "max-age=0")]
    [InlineData("0s", "max-age=0")]
    [InlineData("24h", "max-age=86400")]
    [InlineData("31536000,includeSubDomains", "max-age=31536000; includeSubDomains")]
    [InlineData("63072000, includeSubDomains, preload", "max-age=63072000; includeSubDomains; preload")]
    public void The_transport_security_asked_for_becomes_a_field(string text, string value)
    {
        var expected = $"Strict-Transport-Security: {value}\r\n";
        Assert.Equal(expected, Encoding.ASCII.GetString(TransportSecurityOption.Read([text])!));
        Assert.Equal(expected, Encoding.ASCII.GetString(TransportSecurityOption.Read(text.Split(','))!));
        Assert.Null(TransportSecurityOption.Read([]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("includeSubDomains")]
    [InlineData("1,other")]
    [InlineData("1,includeSubDomains,includeSubDomains")]
    [InlineData("31536000,preload")]
    [InlineData("31535999,includeSubDomains,preload")]
    public void Other_transport_security_is_refused(string text) =>
        Assert.StartsWith(
            "--hsts: ", Assert.Throws<StartException>(() => TransportSecurityOption.Read([text])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_redirect_needs_to_know_where_to()
    {
        var error = Assert.Throws<StartException>(() => Bind("--listen", "http://127.0.0.1:0", "--redirect", "http://127.0.0.1:0"));
        Assert.Contains("--redirect-port", error.Message, StringComparison.Ordinal);

        var options = Bind("--listen", "http://127.0.0.1:0", "--redirect", "http+proxy://127.0.0.1:0", "--redirect-port", "443").Listeners;
        Assert.Equal(new ListenerTraits(IsTls: false, HasProxyHeader: true, Redirects: true), options.Addresses[^1].Traits);
        Assert.NotNull(options.Redirection);
    }

    [Theory]
    [InlineData("--redirect", "https://127.0.0.1:0")]
    [InlineData("--redirect-port", "0")]
    [InlineData("--redirect-port", "65536")]
    [InlineData("--trusted-proxies", "10.0.0.0/8,nonsense")]
    [InlineData("--max-handshakes", "0")]
    [InlineData("--handshakes-per-turn", "none")]
    public void Values_that_are_none_are_refused_by_the_name_of_their_option(string option, string value) =>
        Assert.Contains(
            new ServeCommand().Parse(["--origin", "http://127.0.0.1:1", option, value]).Errors,
            error => error.Message.Contains(option, StringComparison.Ordinal));

    [Theory]
    [InlineData("--listen", "http://127.0.0.1:8443")]
    [InlineData("--listen", "http://0.0.0.0:8443")]
    [InlineData("--listen", "http://[::]:8443")]
    [InlineData("--redirect", "http://127.0.0.1:8443")]
    [InlineData("--admin", "http://127.0.0.1:8443")]
    public void Two_options_that_name_one_port_are_refused_by_both_names(string option, string address)
    {
        var error = Assert.Throws<StartException>(() => Bind("--listen", "https://127.0.0.1:8443", option, address));

        Assert.Contains(
            $"--listen https://127.0.0.1:8443 and {option} {address} name the same port", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.2:8443")]
    [InlineData("http://[::1]:8443")]
    [InlineData("http://127.0.0.1:8080")]
    public void Options_may_name_one_port_of_different_addresses(string address) =>
        Assert.Equal(2, Bind("--listen", "http://127.0.0.1:8443", "--listen", address).Listeners.Addresses.Count);

    [Fact]
    public void Networks_may_be_listed_or_repeated()
    {
        var options = Bind("--listen", "http://127.0.0.1:0", "--trusted-proxies", "10.0.0.0/8,::1", "--trusted-proxies", "192.0.2.7");
        var trusted = options.Listeners.TrustedProxies;
        Assert.All(["10.1.1.1", "::1", "192.0.2.7"], address => Assert.True(trusted.Contains(address)));
        Assert.False(trusted.Contains("192.0.2.8"));
    }

    private static ServeOptions Bind(params string[] arguments)
    {
        var command = new ServeCommand();
        var parsed = command.Parse(["--origin", "http://127.0.0.1:1", .. arguments]);
        Assert.Empty(parsed.Errors);
        return command.Bind(parsed);
    }
}
