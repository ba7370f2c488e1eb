using System.Text;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Fetching.Forwarding;

public sealed class ForwardedFieldsTests
{
    private const string Forged =
        "X-Forwarded-For: 1.2.3.4\r\nx-forwarded-for: 5.6.7.8, 9.9.9.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: other\r\n";

    [Fact]
    public void The_fields_of_a_client_are_replaced()
    {
        var fields = Build(Forged, isTrusted: false);

        Assert.Equal(["192.0.2.1"], Values(fields, "X-Forwarded-For"));
        Assert.Equal(["http"], Values(fields, "X-Forwarded-Proto"));
        Assert.Equal(["a"], Values(fields, "X-Forwarded-Host"));
    }

    [Fact]
    public void A_client_cannot_say_where_its_request_came_from()
    {
        var said = ProvenanceFields.Names.Append("X_Real_IP").Append("X-Real-IP").Append("Forwarded").ToArray();
        var lines = string.Concat(said.Select(name => $"{name}: evil\r\n"));
        var fields = Build(lines + "X-Other: evil\r\n", isTrusted: false);

        Assert.Equal(["192.0.2.1"], Values(fields, "X-Real-IP"));
        Assert.Equal(["evil"], Values(fields, "X-Other"));
        Assert.All(said.Where(name => name != "X-Real-IP"), name => Assert.Empty(Values(fields, name)));
    }

    [Fact]
    public void A_field_with_an_underscore_is_not_for_the_origin_which_may_read_it_as_another() =>
        Assert.Empty(Values(Build("X_Tenant: evil\r\n", isTrusted: true), "X_Tenant"));

    [Fact]
    public void A_trusted_proxy_says_where_a_request_came_from()
    {
        var fields = Build("X-Real-IP: 203.0.113.9\r\nX-Forwarded-Port: 8443\r\nX-HTTP-Method-Override: DELETE\r\n", isTrusted: true);

        Assert.Equal(["203.0.113.9"], Values(fields, "X-Real-IP"));
        Assert.Equal(["8443"], Values(fields, "X-Forwarded-Port"));
        Assert.Empty(Values(fields, "X-HTTP-Method-Override"));
    }

    [Fact]
    public void The_address_of_a_trusted_proxy_is_added_to_its_chain_and_its_word_is_taken()
    {
        var fields = Build(Forged, isTrusted: true);

        Assert.Equal(["1.2.3.4, 5.6.7.8, 9.9.9.9, 192.0.2.1"], Values(fields, "X-Forwarded-For"));
        Assert.Equal(["https"], Values(fields, "X-Forwarded-Proto"));
        Assert.Equal(["other"], Values(fields, "X-Forwarded-Host"));
    }

    [Fact]
    public void A_trusted_proxy_that_says_nothing_is_a_client()
    {
        var fields = Build(string.Empty, isTrusted: true);

        Assert.Equal(["192.0.2.1"], Values(fields, "X-Forwarded-For"));
        Assert.Equal(["http"], Values(fields, "X-Forwarded-Proto"));
        Assert.Equal(["a"], Values(fields, "X-Forwarded-Host"));
    }

    [Theory]
    [InlineData("Example.TEST:80", false, "example.test")]
    [InlineData("Example.TEST:443", false, "example.test:443")]
    [InlineData("a:443", true, "a")]
    [InlineData("a:80", true, "a:80")]
    public void The_host_is_forwarded_as_it_is_keyed(string host, bool isHttps, string forwarded)
    {
        var head = new RequestHead();
        RequestParser.Parse(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"), new HttpLimits(), head, out _, out _);
        head.IsHttps = isHttps;
        var fields = new ForwardedFields().Build(head, Routes.One, new ForwardedClient("192.0.2.1", isHttps), shared: true);
        Assert.Equal([forwarded], Values(fields, "Host"));
        Assert.Equal([forwarded], Values(fields, "X-Forwarded-Host"));
        Assert.Equal(forwarded + "/", CacheKey.Of(head, null)[1..]);
    }

    private static FieldTable Build(string fields, bool isTrusted)
    {
        var head = new RequestHead();
        var bytes = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bytes, new HttpLimits(), head, out _, out _));
        // The connection reads the scheme out of what it believes.
        head.IsHttps = isTrusted && fields.Length > 0;
        return new ForwardedFields().Build(head, Routes.One, new ForwardedClient("192.0.2.1", IsTls: false, isTrusted), shared: false);
    }

    private static List<string> Values(FieldTable fields, string name)
    {
        var values = new List<string>();
        for (var i = 0; i < fields.Count; i++)
        {
            if (Encoding.ASCII.GetString(fields.Name(i)).Equals(name, StringComparison.OrdinalIgnoreCase))
                values.Add(Encoding.ASCII.GetString(fields.Value(i)));
        }

        return values;
    }
}
