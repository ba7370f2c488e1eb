using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>What makes two requests with credentials those of one kind of client.</summary>
public sealed class RequestShapeTests : IDisposable
{
    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("Cookie: a=1; b=2", "Cookie: b=3;a=4", true)]
    [InlineData("Cookie: a=1", "Cookie: a=1; b=2", false)]
    [InlineData("Cookie: a=1", "Cookie: b=1", false)]
    [InlineData("Cookie: secret", "Cookie: other", true)]
    [InlineData("Authorization: Basic a", "Authorization: Basic b", true)]
    [InlineData("Authorization: Basic a", "X-Api-Key: a", false)]
    [InlineData("X-Api-Key: a", "X-Api-Key: b", true)]
    [InlineData("User-Agent: a", "User-Agent: b", false)]
    [InlineData("User-Agent: a", "User-Agent: a", true)]
    [InlineData("Range: bytes=0-1", "If-None-Match: \"1\"", true)]
    [InlineData("X-Forwarded-For: 192.0.2.1", "X-Real-IP: 192.0.2.2", true)]
    public void Requests_are_of_one_shape(string first, string second, bool areOne) => Assert.Equal(areOne, Of(first) == Of(second));

    [Fact]
    public void Neither_values_of_cookies_nor_of_credentials_are_in_it()
    {
        var shape = Of("Cookie: a=secret; secret\r\nAuthorization: Basic secret\r\nX-Api-Key: secret");
        Assert.DoesNotContain("secret", shape, StringComparison.Ordinal);
    }

    private string Of(string field)
    {
        var ticket = _scene.Client.Ask("/a", field);
        return RequestShape.Of(ticket, Routes.One, rule: null, new ForwardedFields(), new FieldNames(CredentialFields.Names));
    }
}
