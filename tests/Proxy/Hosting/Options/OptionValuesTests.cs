using System.Net;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class OptionValuesTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("12000", 12_000)]
    [InlineData("12b", 12)]
    [InlineData("64KiB", 65_536)]
    [InlineData("64kib", 65_536)]
    [InlineData("1MB", 1_000_000)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("8589934591GiB", 8589934591L << 30)]
    public void A_size_is_a_number_of_bytes_with_an_optional_unit(string text, long bytes) =>
        Assert.Equal(bytes, OptionValues.Size(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5GiB")]
    [InlineData("1 GiB")]
    [InlineData("1TiB")]
    [InlineData("0x10")]
    [InlineData("1e3")]
    [InlineData("١")]
    [InlineData("9223372036854775808")]
    [InlineData("8589934592GiB")]
    [InlineData("99999999999999999999999999999999GB")]
    public void Other_sizes_are_refused_with_a_sentence(string text)
    {
        Assert.Null(OptionValues.Size(text, out var error));
        Assert.StartsWith($"'{text}' is no size; write ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("1.5ms", 1.5)]
    [InlineData("0.5s", 500)]
    [InlineData("60s", 60_000)]
    [InlineData("5m", 300_000)]
    [InlineData("8760h", 8760 * 3_600_000.0)]
    public void A_duration_is_a_number_with_a_unit(string text, double milliseconds) =>
        Assert.Equal(milliseconds, OptionValues.Duration(text, out _)?.TotalMilliseconds);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0s")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1e3s")]
    [InlineData("NaNs")]
    [InlineData("Infinitys")]
    [InlineData("∞s")]
    [InlineData("8760.1h")]
    [InlineData("0.9ms")]
    [InlineData("0.00000001ms")]
    public void Other_durations_are_refused_with_a_sentence(string text)
    {
        Assert.Null(OptionValues.Duration(text, out var error));
        Assert.StartsWith($"'{text}' is no duration; write ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("576h", true)]
    [InlineData("577h", false)]
    public void A_time_limit_is_one_that_a_timer_can_keep(string text, bool isKept)
    {
        Assert.Equal(isKept, OptionValues.TimeLimit(text, out var error) is not null);
        Assert.Contains("576h", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("2s", 2000.0)]
    [InlineData("0s", 0.0)]
    [InlineData("0ms", 0.0)]
    [InlineData("00", null)]
    [InlineData("", null)]
    public void A_duration_may_be_none_where_that_means_something(string text, double? milliseconds) =>
        Assert.Equal(milliseconds, OptionValues.DurationOrNone(text, out _)?.TotalMilliseconds);

    [Theory]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:0")]
    [InlineData("https://[::1]:8443", "https://[::1]:8443")]
    [InlineData("https://localhost:65535/", "https://127.0.0.1:65535")]
    [InlineData("https://*:443", "https://[::]:443")]
    public void An_address_to_listen_on_is_a_URL_with_a_port(string text, string address) =>
        Assert.Equal(address, OptionValues.Listen(text, out _)?.ToString());

    [Theory]
    [InlineData("https://127.0.0.1:65536")]
    [InlineData("https://127.0.0.1:-1")]
    [InlineData("https://127.0.0.1:")]
    [InlineData("https://127.0.0.1:443/path")]
    [InlineData("https://user@127.0.0.1:443")]
    [InlineData("https://example.org:443")]
    [InlineData("https://:443")]
    [InlineData("https://1:443")]
    [InlineData("https://127.1:443")]
    [InlineData("https://0177.0.0.1:443")]
    [InlineData("https://2130706433:443")]
    public void An_address_that_could_be_read_differently_is_refused(string text)
    {
        Assert.Null(OptionValues.Listen(text, out var error));
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.org:443", "example.org")]
    [InlineData("http://proxy-1:80", "proxy-1")]
    public void A_name_in_the_place_of_an_address_is_told(string text, string name)
    {
        var sentence = $"'{text}' names the host {name}, and names aren't looked up here; write an IP address of this machine, localhost, "
            + "or * for all of its addresses.";
        Assert.Null(OptionValues.Listen(text, out var listen));
        Assert.Null(OptionValues.Redirect(text, out var redirect));
        Assert.Null(OptionValues.Admin(text, out var admin));
        Assert.Equal([sentence, sentence, sentence], [listen, redirect, admin]);
    }

    [Theory]
    [InlineData("010.0.0.1")]
    [InlineData("10.1")]
    [InlineData("10.1/16")]
    [InlineData("0x0a000001")]
    public void A_network_that_could_be_read_differently_is_refused(string text)
    {
        Assert.Null(OptionValues.Network(text, out var error));
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9090", true)]
    [InlineData("http://[::1]:0", true)]
    [InlineData("http://*:9090", true)]
    [InlineData("https://127.0.0.1:9090", false)]
    [InlineData("http+proxy://127.0.0.1:9090", false)]
    [InlineData("127.0.0.1:9090", false)]
    public void The_address_for_operators_is_plain_HTTP(string text, bool isOne)
    {
        var address = OptionValues.Admin(text, out var error);
        Assert.Equal(isOne, address is not null);
        Assert.Contains(text, error, StringComparison.Ordinal);
        if (isOne)
            Assert.Equal("--admin", address!.Option);
    }

    [Theory]
    [InlineData("http://0.0.0.0:80", true)]
    [InlineData("https://0.0.0.0:80", false)]
    public void Only_plain_HTTP_is_redirected(string text, bool isOne)
    {
        var address = OptionValues.Redirect(text, out _);
        Assert.Equal(isOne ? new ListenerTraits(IsTls: false, Redirects: true) : (ListenerTraits?)null, address?.Traits);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1", 8080)]
    [InlineData("http://origin.example", "origin.example", 80)]
    [InlineData("http://[::1]:8080/", "::1", 8080)]
    public void An_origin_is_a_URL_without_a_path(string text, string host, int port)
    {
        var origin = OptionValues.Origin(text, out _)!;
        Assert.Equal((host, port), (origin.Host, origin.Port));
    }

    [Fact]
    public void An_origin_on_a_UNIX_socket_has_its_path_and_is_localhost_in_URLs()
    {
        var origin = OptionValues.Origin("unix:/run/app.sock", out _)!;
        Assert.Equal(
            ("unix:/run/app.sock", "localhost", "unix:/run/app.sock", true), (origin.Host, origin.Authority, origin.Label, origin.IsUnix));
    }

    [Theory]
    [InlineData("unix:", "absolute path")]
    [InlineData("unix:/", "absolute path")]
    [InlineData("unix:run/app.sock", "absolute path")]
    [InlineData("unix:/run/", "absolute path")]
    [InlineData("unix:/run/a\nb", "absolute path")]
    [InlineData("unix:/\u00e4", null)]
    public void A_path_of_a_socket_is_absolute(string text, string? words)
    {
        var origin = OptionValues.Origin(text, out var error);
        Assert.Equal(words is null, origin is not null);
        if (words is not null)
            Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_of_a_socket_has_107_bytes_at_most()
    {
        Assert.NotNull(OptionValues.Origin("unix:/" + new string('a', 106), out _));
        Assert.Null(OptionValues.Origin("unix:/" + new string('a', 105) + "\u00e4", out var error));
        Assert.Contains("has a path of 108 bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_authority_of_an_origin_with_an_IPv6_address_has_brackets() =>
        Assert.Equal("[::1]:8080", OptionValues.Origin("http://[::1]:8080", out _)!.Authority);

    [Theory]
    [InlineData("example.com", true)]
    [InlineData("a!b..c:8080", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("", false)]
    [InlineData("http://example.com", false)]
    [InlineData("example.com/", false)]
    [InlineData("a b", false)]
    [InlineData("a\r\nX: y", false)]
    [InlineData("\u00e9", false)]
    [InlineData("a:99999", false)]
    public void A_Host_is_sent_only_if_it_is_valid(string text, bool isOne)
    {
        Assert.Equal(isOne ? text : null, OptionValues.Host(text, out var error));
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://Origin.Example", "origin.example:443", true)]
    [InlineData("https://[::1]:8443", "[::1]:8443", true)]
    [InlineData("http://origin", "origin:80", false)]
    public void An_origin_has_TLS_by_its_scheme(string text, string authority, bool isTls)
    {
        var origin = OptionValues.Origin(text, out _)!;
        Assert.Equal((authority, isTls), (origin.Authority, origin.Tls is not null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("origin:8080")]
    [InlineData("ftp://origin")]
    [InlineData("http://origin/path")]
    [InlineData("http://origin/?query")]
    [InlineData("http://origin/#fragment")]
    [InlineData("http://user:secret@origin")]
    [InlineData("http://origin:65536")]
    [InlineData("http://")]
    public void Other_origins_are_refused_with_a_sentence(string text)
    {
        Assert.Null(OptionValues.Origin(text, out var error));
        Assert.Contains("http://host:port", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_one_address_is_that_address() =>
        Assert.Equal(new IPNetwork(IPAddress.Parse("192.0.2.7"), 32), OptionValues.Network("192.0.2.7", out _));
}
