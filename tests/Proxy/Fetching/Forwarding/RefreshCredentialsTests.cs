using System.Text;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Fetching.Forwarding;

/// <summary>A refresh in the background is nobody's request: it carries no visitor's cookie or credentials, unless they select the
/// response.</summary>
public sealed class RefreshCredentialsTests : IDisposable
{
    private const string Control = "Cache-Control: max-age=10, stale-while-revalidate=100";

    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("Cookie: a=b")]
    [InlineData("X-Api-Key: k")]
    [InlineData("x_auth_token: k")]
    [InlineData("Authorization: Basic x")]
    public void It_goes_without_them_and_stores_what_comes_for_all(string field)
    {
        _scene.Store([], Control + ", public");
        Refresh(field);
        Assert.Null(_scene.Origin.Field(1, field[..field.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Equal("1", _scene.Origin.Field(1, "X-Other"));
        _scene.Origin.Answer(1, Messages.Response(200, Control), "newer");
        Assert.Equal(5, _scene.Find()!.Response.Body.TotalLength);
    }

    [Fact]
    public void It_goes_without_the_certificate_of_the_connection()
    {
        _scene.Store([], Control);
        var request = Messages.Request();
        new ClientCertificateFields("X-Client-Subject").Apply(request, new ClientIdentity("CN=a", [1, 2]));
        Refresh(request);
        Assert.Null(_scene.Origin.Field(1, "X-Client-Subject"));
        Assert.Null(_scene.Origin.Field(1, "Client-Cert"));
        Assert.False(request.HasClientCertificate);
    }

    [Theory]
    [InlineData("Cookie", "Cookie: a=b")]
    [InlineData("X-Api-Key", "X-Api-Key: k")]
    public void Those_stay_that_select_the_response(string vary, string field)
    {
        _scene.Store([field], Control, "Vary: " + vary);
        Refresh(field);
        Assert.Equal(field[(field.IndexOf(':', StringComparison.Ordinal) + 2)..], _scene.Origin.Field(1, vary));
        _scene.Origin.Answer(1, Messages.Response(200, Control, "Vary: " + vary), "newer");
        Assert.Equal(5, _scene.Find("/object/a", field)!.Response.Body.TotalLength);
    }

    [Theory]
    [InlineData(302, "Location: /login")]
    [InlineData(403, "X-None: 1")]
    [InlineData(200, "Cache-Control: private")]
    public void An_origin_that_wants_them_leaves_what_is_stored_and_no_mark(int status, string field)
    {
        _scene.Store([], Control);
        Refresh("Cookie: a=b");
        _scene.Origin.Answer(1, Messages.Response(status, field), "who are you");
        Assert.NotNull(_scene.Find());
        for (var i = 0; i < 20; i++)
            _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        Assert.Equal(3, _scene.Table.Started);
    }

    private void Refresh(string field) => Refresh(Messages.Request("/object/a", "GET", field, "X-Other: 1"));

    private void Refresh(RequestHead request)
    {
        _scene.Time.Advance(20);
        var entry = _scene.Find("/object/a", [.. Enumerable.Range(0, request.Fields.Count).Select(
            i => $"{Encoding.ASCII.GetString(request.Fields.Name(i))}: {Encoding.ASCII.GetString(request.Fields.Value(i))}").Skip(1)]);
        Assert.True(_scene.Table.Claim(entry!));
        _scene.Table.Refresh(_scene.Client.Home, request, new ForwardedClient("127.0.0.1", false), entry!);
    }
}
