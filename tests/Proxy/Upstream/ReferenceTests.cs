using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>What the assembly leans on.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Origins_are_asked_without_the_HTTP_client_of_the_runtime()
    {
        var references = typeof(IOrigin).Assembly.GetReferencedAssemblies().Select(reference => reference.Name);

        Assert.DoesNotContain("System.Net.Http", references);
    }
}
