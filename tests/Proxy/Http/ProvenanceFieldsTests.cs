using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class ProvenanceFieldsTests
{
    public static TheoryData<string> Told { get; } =
    [
        .. ProvenanceFields.Names,
        "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "x-real-ip",
    ];

    [Theory]
    [MemberData(nameof(Told))]
    public void What_proxies_tell_is_believed_of_trusted_ones_only(string name)
    {
        var field = Known(name);
        Assert.True(ProvenanceFields.IsUnbelieved(field, KnownMethod.Get, isTrusted: false));
        Assert.True(ProvenanceFields.IsUnbelieved(field, KnownMethod.Post, isTrusted: false));
        Assert.False(ProvenanceFields.IsUnbelieved(field, KnownMethod.Get, isTrusted: true));
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("x-http-method")]
    [InlineData("X-Method-Override")]
    public void No_GET_or_HEAD_is_taken_for_another_method(string name)
    {
        var field = Known(name);
        Assert.True(ProvenanceFields.IsUnbelieved(field, KnownMethod.Get, isTrusted: true));
        Assert.True(ProvenanceFields.IsUnbelieved(field, KnownMethod.Head, isTrusted: false));
        Assert.False(ProvenanceFields.IsUnbelieved(field, KnownMethod.Post, isTrusted: false));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("Cookie")]
    [InlineData("X-Requested-With")]
    [InlineData("X-Hosts")]
    [InlineData("Origin")]
    public void Other_fields_are_for_the_origin(string name) =>
        Assert.False(ProvenanceFields.IsUnbelieved(Known(name), KnownMethod.Get, isTrusted: false));

    private static KnownField Known(string name) => KnownFields.Of(Encoding.ASCII.GetBytes(name));
}
