using System.Text;
using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>What may combine parts (RFC 9110, sections 8.8.1, 8.8.2.2 and 15.3.7.3).</summary>
public sealed class StrongValidatorTests
{
    private const string Modified = "Last-Modified: Tue, 03 Mar 2026 10:00:00 GMT";
    private const string Later = "Date: Tue, 03 Mar 2026 10:00:01 GMT";
    private const string Same = "Date: Tue, 03 Mar 2026 10:00:00 GMT";

    [Theory]
    [InlineData("\"1\"", "ETag: \"1\"")]
    [InlineData("\"1\"", "ETag: \"1\"", Modified, Later)]
    [InlineData("Tue, 03 Mar 2026 10:00:00 GMT", Modified, Later)]
    [InlineData("", Modified, Same)]
    [InlineData("", Modified)]
    [InlineData("", "ETag: W/\"1\"")]
    [InlineData("", "ETag: W/\"1\"", Modified, Later)]
    [InlineData("", "ETag: 1")]
    [InlineData("", "ETag: \"1\"", "ETag: \"2\"")]
    [InlineData("", "Last-Modified: yesterday", Later)]
    [InlineData("")]
    public void A_strong_tag_or_a_time_well_before_the_answer(string expected, params string[] fields) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(StrongValidator.Of(Messages.Response(200, fields))));

    [Theory]
    [InlineData("ETag: \"1\"", "ETag: \"1\"", true)]
    [InlineData("ETag: \"1\"", "ETag: \"2\"", false)]
    [InlineData("ETag: W/\"1\"", "ETag: W/\"1\"", false)]
    [InlineData("ETag: \"1\"", "X-None: 1", false)]
    [InlineData("X-None: 1", "X-None: 1", false)]
    public void Two_answers_are_of_the_same_bytes_only_with_the_same(string one, string other, bool equal) =>
        Assert.Equal(equal, StrongValidator.AreEqual(Messages.Response(206, one), Messages.Response(206, other)));
}
