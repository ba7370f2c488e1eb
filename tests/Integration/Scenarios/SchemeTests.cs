using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>A target of https is served where the connection, or that to a trusted proxy, is secured (RFC 9110, section 7.4).</summary>
public sealed class SchemeTests(SharedProxies shared)
{
    [Theory]
    [InlineData(Transport.Plaintext, false, "https", "", 421)]
    [InlineData(Transport.Plaintext, false, "HTTPS", "X-Forwarded-Proto: https\r\n", 421)]
    [InlineData(Transport.Plaintext, true, "https", "", 421)]
    [InlineData(Transport.Plaintext, true, "https", "X-Forwarded-Proto: http\r\n", 421)]
    [InlineData(Transport.Plaintext, true, "https", "X-Forwarded-Proto: https\r\n", 200)]
    [InlineData(Transport.Plaintext, false, "http", "", 200)]
    [InlineData(Transport.Tls13User, false, "https", "", 200)]
    public async Task A_target_of_https_on_a_connection_in_clear_is_refused(
        Transport transport, bool trusts, string scheme, string fields, int status)
    {
        string[] options = trusts ? ["--trusted-proxies", "127.0.0.0/8"] : [];
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport, options);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("body"u8.ToArray()));
        await using var client = await ClientConnection.OpenAsync(proxy, transport);

        await client.RequestAsync($"{scheme}://localhost{path}", fields: fields);

        Assert.Equal(status, (await client.ReadReplyAsync()).Status);
        Assert.Equal(status == 200 ? 1 : 0, shared.Scripted.CountRequests(path));
        if (status == 421)
            Assert.True(await client.IsClosedByProxyAsync());
    }
}
