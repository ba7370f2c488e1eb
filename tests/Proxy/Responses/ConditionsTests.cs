using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Tests.Responses;

/// <summary>RFC 9110, section 13, and what of it is for a cache by RFC 9111, section 4.3.2.</summary>
public sealed class ConditionsTests
{
    private const string Monday = "Mon, 23 Nov 2026 00:00:00 GMT";
    private const string Tuesday = "Tue, 24 Nov 2026 00:00:00 GMT";
    private const string Wednesday = "Wed, 25 Nov 2026 00:00:00 GMT";

    [Theory]
    [InlineData("RFC 9110 13.1.2", true, "If-None-Match: \"v1\"")]
    [InlineData("RFC 9110 13.1.2", true, "If-None-Match: W/\"v1\"")]
    [InlineData("RFC 9110 13.1.2", true, "If-None-Match: \"v0\", \"v,2\" ,W/\"v1\"")]
    [InlineData("RFC 9110 13.1.2", true, "If-None-Match: \"v0\"", "If-None-Match: \"v1\"")]
    [InlineData("RFC 9110 13.1.2", true, "If-None-Match: *")]
    [InlineData("RFC 9110 13.1.2", false, "If-None-Match: \"v0\"")]
    [InlineData("RFC 9110 13.1.2", false, "If-None-Match: \"V1\"")]
    [InlineData("RFC 9110 13.1.2", false, "If-None-Match: v1")]
    [InlineData("RFC 9110 13.1.2", false, "If-None-Match: \"v0\", *")]
    [InlineData("RFC 9110 13.1.2", false, "If-None-Match: ")]
    [InlineData("RFC 9110 13.2.2, tags go before dates", false, "If-None-Match: \"v0\"", "If-Modified-Since: " + Wednesday)]
    [InlineData("RFC 9110 13.2.2, tags go before dates", true, "If-Modified-Since: " + Monday, "If-None-Match: \"v1\"")]
    [InlineData("RFC 9110 13.1.3", true, "If-Modified-Since: " + Tuesday)]
    [InlineData("RFC 9110 13.1.3", true, "If-Modified-Since: " + Wednesday)]
    [InlineData("RFC 9110 13.1.3", true, "If-Modified-Since: Tuesday, 24-Nov-26 00:00:00 GMT")]
    [InlineData("RFC 9110 13.1.3", false, "If-Modified-Since: " + Monday)]
    [InlineData("RFC 9110 13.1.3, no date", false, "If-Modified-Since: tomorrow")]
    [InlineData("RFC 9110 13.1.3, no date", false, "If-Modified-Since: " + Wednesday, "If-Modified-Since: " + Wednesday)]
    [InlineData("no condition", false)]
    public void A_client_has_the_response_already_by_tag_or_else_by_date(string section, bool notModified, params string[] fields)
    {
        var stored = Messages.Response(200, "ETag: \"v1\"", "Last-Modified: " + Tuesday, "Date: " + Wednesday);
        foreach (var method in new[] { "GET", "HEAD" })
            Assert.True(notModified == Conditions.IsNotModified(Messages.Request(method: method, fields: fields), stored), section);
    }

    [Theory]
    [InlineData("RFC 9111 4.3.2, no Last-Modified", 200, true, "If-Modified-Since: " + Wednesday, "Date: " + Tuesday)]
    [InlineData("RFC 9111 4.3.2, no Last-Modified", 200, false, "If-Modified-Since: " + Monday, "Date: " + Tuesday)]
    [InlineData("RFC 9111 4.3.2, no Last-Modified", 200, false, "If-Modified-Since: " + Wednesday, "Last-Modified: x")]
    [InlineData("RFC 9110 13.1.2, no ETag", 200, false, "If-None-Match: \"v1\"", "Date: " + Tuesday)]
    [InlineData("RFC 9110 13.2.1, another status", 404, false, "If-None-Match: \"v1\"", "ETag: \"v1\"")]
    [InlineData("RFC 9110 13.2.1, another status", 301, false, "If-Modified-Since: " + Wednesday, "Last-Modified: " + Monday)]
    [InlineData("unquoted on both sides", 200, true, "If-None-Match: v1", "ETag: v1")]
    public void What_is_stored_decides_what_can_be_compared(string section, int status, bool notModified, string condition, string field) =>
        Assert.True(
            notModified == Conditions.IsNotModified(Messages.Request(fields: condition), Messages.Response(status, field)), section);

    [Theory]
    [InlineData("RFC 9110 13.1.1", true, "If-Match: \"v1\"")]
    [InlineData("RFC 9110 13.1.1", true, "If-Match: \"v0\", \"v1\"")]
    [InlineData("RFC 9110 13.1.1", true, "If-Match: *")]
    [InlineData("RFC 9110 13.1.1, strongly", false, "If-Match: W/\"v1\"")]
    [InlineData("RFC 9110 13.1.1", false, "If-Match: \"v0\"")]
    [InlineData("RFC 9110 13.2.2, tags go before dates", false, "If-Match: \"v0\"", "If-Unmodified-Since: " + Wednesday)]
    [InlineData("RFC 9110 13.2.2, tags go before dates", true, "If-Match: \"v1\"", "If-Unmodified-Since: " + Monday)]
    [InlineData("RFC 9110 13.1.4", true, "If-Unmodified-Since: " + Tuesday)]
    [InlineData("RFC 9110 13.1.4", false, "If-Unmodified-Since: " + Monday)]
    [InlineData("RFC 9110 13.1.4, no date", true, "If-Unmodified-Since: x")]
    public void A_named_state_is_that_of_the_response_or_not(string section, bool met, params string[] fields)
    {
        var request = Messages.Request(fields: fields);
        Assert.True(Conditions.NameState(request));
        Assert.True(met == Conditions.AreMet(request, Messages.Response(200, "ETag: \"v1\"", "Last-Modified: " + Tuesday)), section);
    }

    [Theory]
    [InlineData("RFC 9110 13.2.1", 404, true, "If-Match: \"v0\"")]
    [InlineData("RFC 9110 13.2.1", 301, true, "If-Match: *")]
    [InlineData("RFC 9110 13.1.1, no tag", 200, false, "If-Match: \"v0\"")]
    [InlineData("RFC 9110 13.1.1, no tag", 200, true, "If-Match: *")]
    [InlineData("RFC 9110 13.1.4, no time of the last change", 200, true, "If-Unmodified-Since: " + Monday)]
    public void A_named_state_counts_where_the_response_has_one(string section, int status, bool met, string field) =>
        Assert.True(met == Conditions.AreMet(Messages.Request(fields: field), Messages.Response(status)), section);

    [Fact]
    public void A_request_without_such_a_condition_meets_it()
    {
        var request = Messages.Request(fields: "If-None-Match: \"v1\"");
        Assert.False(Conditions.NameState(request));
        Assert.True(Conditions.AreMet(request, Messages.Response(200)));
    }

    [Theory]
    [InlineData("RFC 9110 13.1.5", true)]
    [InlineData("RFC 9110 13.1.5", true, "If-Range: \"v1\"")]
    [InlineData("RFC 9110 13.1.5", false, "If-Range: \"v0\"")]
    [InlineData("RFC 9110 13.1.5, strongly", false, "If-Range: W/\"v1\"")]
    [InlineData("RFC 9110 13.1.5, no list", false, "If-Range: \"v1\", \"v0\"")]
    [InlineData("RFC 9110 13.1.5, no list", false, "If-Range: \"v1\"", "If-Range: \"v1\"")]
    [InlineData("RFC 9110 13.1.5", true, "If-Range: " + Tuesday)]
    [InlineData("RFC 9110 13.1.5, exactly", false, "If-Range: " + Wednesday)]
    [InlineData("RFC 9110 13.1.5, exactly", false, "If-Range: " + Monday)]
    [InlineData("RFC 9110 13.1.5, neither tag nor date", false, "If-Range: v1")]
    public void A_range_is_served_if_the_client_has_parts_of_this_very_response(string section, bool allows, params string[] fields)
    {
        var stored = Messages.Response(200, "ETag: \"v1\"", "Last-Modified: " + Tuesday, "Date: " + Wednesday);
        Assert.True(allows == Conditions.AllowsRange(Messages.Request(fields: fields), stored), section);
    }

    [Theory]
    [InlineData("ETag: W/\"v1\"", "If-Range: \"v1\"")]
    [InlineData("ETag: W/\"v1\"", "If-Range: W/\"v1\"")]
    [InlineData("Last-Modified: " + Wednesday, "If-Range: " + Wednesday)]
    [InlineData("X: y", "If-Range: \"v1\"")]
    public void A_weak_validator_never_allows_a_range(string field, string condition) =>
        Assert.False(Conditions.AllowsRange(Messages.Request(fields: condition), Messages.Response(200, field, "Date: " + Wednesday)));
}
