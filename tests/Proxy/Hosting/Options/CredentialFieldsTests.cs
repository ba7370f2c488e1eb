using System.CommandLine;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class CredentialFieldsTests
{
    [Theory]
    [InlineData("", "X-Api-Key", true)]
    [InlineData("", "X_Auth_Token", true)]
    [InlineData("", "X-Requested-With", false)]
    [InlineData("--credential-fields=X-Tenant,X-Key", "x-key", true)]
    [InlineData("--credential-fields=X-Tenant --credential-fields=X-Key", "X-Tenant", true)]
    [InlineData("--credential-fields=X-Tenant", "X-Api-Key", false)]
    [InlineData("--credential-fields=none", "X-Api-Key", false)]
    public void Those_given_stand_in_place_of_the_usual_ones(string arguments, string field, bool counts) =>
        Assert.Equal(counts, Bind(arguments).Policy.Lifetimes.Credentials.IsAnyIn(Messages.Fields(field, "1")));

    [Fact]
    public void What_cannot_be_a_name_ends_the_start_with_one_sentence()
    {
        var error = Assert.Throws<StartException>(() => Bind("--credential-fields=X-Key,a:b")).Message;
        Assert.StartsWith("--credential-fields: 'a:b' can't be the name of a field", error, StringComparison.Ordinal);
    }

    private static CacheOptions Bind(string arguments)
    {
        var group = new CacheOptionGroup();
        var command = new RootCommand();
        group.AddTo(command);
        return group.Bind(command.Parse(arguments), PathRules.None);
    }
}
