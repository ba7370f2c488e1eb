using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Selecting fields (RFC 9111, section 4.1).</summary>
public sealed class VaryTests
{
    [Theory]
    [InlineData("Foo", "Foo: 1", "Foo: 1", true)]
    [InlineData("Foo", "Foo: 1", "Foo: 2", false)]
    [InlineData("Foo", "Foo: 1", "", false)]
    [InlineData("Foo", "", "Foo: 1", false)]
    [InlineData("Foo", "", "", true)]
    [InlineData("Foo", "Foo: ", "", false)]
    [InlineData("foo", "FOO: 1", "Foo: 1", true)]
    [InlineData("Foo", "Foo: a", "Foo: A", false)]
    [InlineData("Foo", "Foo: 1|Other: 2", "Foo: 1|Other: 3", true)]
    [InlineData("Foo, Bar", "Foo: 1|Bar: a", "Bar: a|Foo: 1", true)]
    [InlineData("Foo, Bar", "Foo: 1|Bar: a", "Foo: 1|Bar: b", false)]
    [InlineData("Foo, Bar, Baz", "Foo: 1|Baz: 7", "Foo: 1|Baz: 7", true)]
    [InlineData("Foo|Bar", "Foo: 1|Bar: a", "Foo: 1|Bar: b", false)]
    [InlineData("Foo", "Foo: 1,2", "Foo:  1 ,\t2 ", true)]
    [InlineData("Foo", "Foo: 1, 2", "Foo: 1|Foo: 2", true)]
    [InlineData("Foo", "Foo: 1, 2", "Foo: 2, 1", false)]
    [InlineData("Foo", "Foo: 1, 2", "Foo: 1", false)]
    [InlineData("Foo", "Foo: 1", "Foo: 1, 2", false)]
    [InlineData("Foo", "Foo: \"1,2\"", "Foo: \"1, 2\"", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de", "Accept-Language: de, en", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de;q=0.5", "Accept-Language: de;q=0.5, en", true)]
    [InlineData("Accept-Language", "Accept-Language: en;q=1, de", "Accept-Language: de, en;q=1", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de;q=0.5, fr;q=0.50", "Accept-Language: en, fr;q=0.50, de;q=0.5", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de;q=0.5, fr;q=0", "Accept-Language: fr;q=0|Accept-Language: de;q=0.5, en", true)]
    [InlineData("Accept-Language", "Accept-Language: en, de;q=x", "Accept-Language: de;q=x, en", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de;q=1.1", "Accept-Language: de;q=1.1, en", false)]
    [InlineData("Accept", "Accept: text/html;level=1;q=0.5, a/b", "Accept: a/b, text/html;level=1;q=0.5", true)]
    [InlineData("Accept", "Accept: text/html;x=\";q=0.5\", a/b", "Accept: a/b, text/html;x=\";q=0.5\"", false)]
    [InlineData("Accept", "Accept: text/html, application/json", "Accept: application/json, text/html", false)]
    [InlineData("Accept-Charset", "Accept-Charset: a;q=0, b;q=0", "Accept-Charset: b;q=0, a;q=0", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de", "Accept-Language: eN, De", true)]
    [InlineData("Accept-Language", "Accept-Language: en,de;q=0.5", "Accept-Language:  de ; q=0.5 ,   en", true)]
    [InlineData("Accept-Language", "Accept-Language: en, de", "Accept-Language: en, en", false)]
    [InlineData("Accept-Language", "Accept-Language: en, en", "Accept-Language: en, de", false)]
    [InlineData("Accept-Language", "Accept-Language: en;q=0.5", "Accept-Language: en;q=0.7", false)]
    [InlineData("Accept", "Accept: text/html;q=0.1, text/html;q=0.9", "Accept: text/html;q=0.9, text/html;q=0.1", false)]
    [InlineData("Accept", "Accept: text/html;q=0.1, TEXT/html;q=0.9", "Accept: text/html;q=0.9, text/html;q=0.1", false)]
    [InlineData("Accept", "Accept: a/b;v=1;q=0.1, a/b;v=2;q=0.9", "Accept: a/b;v=2;q=0.9, a/b;v=1;q=0.1", false)]
    [InlineData("Accept-Encoding", "Accept-Encoding: x-gzip;q=0.1, gzip;q=0", "Accept-Encoding: gzip;q=0, x-gzip;q=0.1", false)]
    [InlineData("Accept-Language", "Accept-Language: en-US, en;q=0.9", "Accept-Language: en;q=0.9, en-US", false)]
    [InlineData("Accept-Language", "Accept-Language: de-CH, de;q=0.9", "Accept-Language: de-ch , DE;Q=0.9", true)]
    [InlineData("Accept", "Accept: Text/HTML;Level=1;Q=0.5", "Accept: text/html; level=1 ;q=0.5", true)]
    [InlineData("Accept", "Accept: text/html;charset=UTF-8", "Accept: text/html;charset=utf-8", true)]
    [InlineData("Accept", "Accept: application/json;version=A", "Accept: application/json;version=a", false)]
    [InlineData("Accept", "Accept: a/b+json;profile=\"http://a/B\"", "Accept: a/b+json;profile=\"http://a/b\"", false)]
    [InlineData("Accept", "Accept: a/b;p=\"x y\"", "Accept: a/b;p=\"xy\"", false)]
    [InlineData("Accept", "Accept: a/b;p=\";P=1\"", "Accept: a/b;p=\";p=1\"", false)]
    [InlineData("Accept", "Accept: a/b;p=\"x;y\"", "Accept: a/b;p=\"x; y\"", false)]
    [InlineData("Accept", "Accept: a/b;p=1", "Accept: a/b;p=1;", false)]
    [InlineData("Accept", "Accept: a/b", "Accept: a/ b", false)]
    [InlineData("Accept", "Accept: a/b;flag", "Accept: a/b;FLAG", false)]
    [InlineData("Accept-Language", "Accept-Language: en;x=A", "Accept-Language: en;x=a", false)]
    [InlineData("Accept-Encoding", "Accept-Encoding: gzip, br", "Accept-Encoding: br,gzip", false)]
    [InlineData("Accept-Encoding", "Accept-Encoding: gzip;q=0.9, br", "Accept-Encoding: br,gzip; q=0.9", true)]
    public void Values_are_compared_as_their_fields_mean_them(string vary, string first, string second, bool matches)
    {
        var response = Messages.Response(200, [.. vary.Split('|').Select(line => "Vary: " + line)]);
        var key = VaryKey.Of(response, Messages.Request("/x", "GET", Lines(first)));
        var request = Messages.Request("/x", "GET", Lines(second));
        Assert.Equal(matches, key.Matches(request));
        Assert.Equal(matches, key.SameAs(VaryKey.Of(response, request)));
    }

    [Theory]
    [InlineData("X-Foo", "Connection: X-Foo|X-Foo: 1", "")]
    [InlineData("X-Foo", "Connection: close, x-foo|X-Foo: 1|X-Foo: 2", "Connection: X-Foo|X-Foo: 3")]
    [InlineData("TE", "TE: trailers", "")]
    [InlineData("Upgrade", "Upgrade: h2c|Connection: upgrade", "Upgrade: websocket")]
    [InlineData("Proxy-Authorization", "Proxy-Authorization: a", "Proxy-Authorization: b")]
    [InlineData("Forwarded", "Forwarded: for=1.2.3.4", "Forwarded: for=5.6.7.8")]
    [InlineData("X_Forwarded_Proto", "X_Forwarded_Proto: https", "")]
    [InlineData("X-Forwarded-Proto, Host", "X-Forwarded-Proto: gopher", "")]
    [InlineData("Expect", "Expect: 100-continue", "")]
    public void Section_4_1_fields_that_do_not_reach_the_origin_select_nothing(string vary, string first, string second)
    {
        var key = VaryKey.Of(Messages.Response(200, "Vary: " + vary), Messages.Request("/x", "GET", Lines(first)));
        Assert.True(key.Matches(Messages.Request("/x", "GET", Lines(second))));
        Assert.True(key.Matches(Messages.Request("/x", "GET", Lines(first))));
    }

    [Fact]
    public void Section_4_1_a_field_that_reaches_it_is_not_the_one_that_Connection_keeps_from_it()
    {
        var key = VaryKey.Of(Messages.Response(200, "Vary: X-Foo"), Messages.Request("/x", "GET", "Connection: X-Foo", "X-Foo: 1"));
        Assert.False(key.Matches(Messages.Request("/x", "GET", "X-Foo: 1")));
    }

    [Fact]
    public void Lists_of_many_members_are_compared_in_order()
    {
        var members = Enumerable.Range(0, 100).Select(number => $"l{number}").ToArray();
        var response = Messages.Response(200, "Vary: Accept-Language");
        var key = VaryKey.Of(response, Messages.Request("/x", "GET", "Accept-Language: " + string.Join(',', members)));
        Assert.True(key.Matches(Messages.Request("/x", "GET", "Accept-Language: " + string.Join(" , ", members))));
        Assert.False(key.Matches(Messages.Request("/x", "GET", "Accept-Language: " + string.Join(',', members.Reverse()))));
    }

    [Fact]
    public void A_match_allocates_nothing()
    {
        var response = Messages.Response(200, "Vary: Accept-Language, Foo");
        var request = Messages.Request("/x", "GET", "Accept-Language: en, de;q=0.5", "Foo: 1", "Foo: 2");
        var key = VaryKey.Of(response, request);
        Assert.True(key.Matches(request));
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
                key.Matches(request);
        }));
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.Split('|');
}
