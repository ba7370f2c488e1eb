using TlsProxy.Proxy.Cache.Policy;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>A cookie that comes with the confirmation of a stored response is for the client whose request was forwarded.</summary>
public sealed class ConfirmationCookieTests
{
    private const string Tag = "ETag: \"1\"";

    [Theory]
    [InlineData("Strip", "Cache-Control: max-age=10")]
    [InlineData("Pass", "Cache-Control: max-age=10")]
    [InlineData("Strip", "X-None: 1")]
    public void It_reaches_that_client_alone_and_is_not_stored(string mode, string control)
    {
        using var scene = new FetchScene(new CachePolicy
        {
            SetCookies = Enum.Parse<SetCookieMode>(mode),
            Lifetimes = new LifetimePolicy { Default = 10_000 },
        });
        scene.Store([], control, Tag);
        scene.Time.Advance(20);
        var first = scene.Client.Ask("/object/a");
        var others = Enumerable.Range(0, 20).Select(_ => scene.Client.Ask("/object/a")).ToArray();
        scene.Origin.Answer(1, Messages.Response(304, Tag, control, "Set-Cookie: a=b", "X-A: 2"));
        Assert.Contains("Set-Cookie: a=b\r\n", WrittenHead.Of(first), StringComparison.Ordinal);
        Assert.All(others.Append(scene.Client.Ask("/object/a")), ticket =>
        {
            Assert.DoesNotContain("Set-Cookie", WrittenHead.Of(ticket), StringComparison.Ordinal);
            Assert.Contains("X-A: 2\r\n", WrittenHead.Of(ticket), StringComparison.Ordinal);
        });
        Assert.Equal(2, scene.Table.Started);
        Assert.Null(Messages.Field(scene.Find()!.Head, "Set-Cookie"));
    }

    [Fact]
    public void Fields_that_private_names_reach_that_client_alone_too()
    {
        using var scene = new FetchScene();
        scene.Store([], "Cache-Control: max-age=10", Tag);
        scene.Time.Advance(20);
        var first = scene.Client.Ask("/object/a");
        var second = scene.Client.Ask("/object/a");
        scene.Origin.Answer(1, Messages.Response(304, Tag, "Cache-Control: max-age=10, private=\"x-user\"", "X-User: a"));
        Assert.Contains("X-User: a\r\n", WrittenHead.Of(first), StringComparison.Ordinal);
        Assert.DoesNotContain("X-User", WrittenHead.Of(second), StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_who_stores_cookies_has_it_stored()
    {
        using var scene = new FetchScene(new CachePolicy { SetCookies = SetCookieMode.Store });
        scene.Store([], "Cache-Control: max-age=10", Tag, "Set-Cookie: a=1");
        scene.Time.Advance(20);
        scene.Client.Ask("/object/a");
        scene.Origin.Answer(1, Messages.Response(304, Tag, "Cache-Control: max-age=10", "Set-Cookie: a=2"));
        Assert.Equal("a=2", Messages.Field(scene.Find()!.Head, "Set-Cookie"));
    }
}
