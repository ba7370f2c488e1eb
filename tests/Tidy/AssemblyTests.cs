using System.Xml.Linq;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests;

/// <summary>The arrows between assemblies; those between the rooms of one are a house rule.</summary>
public sealed class AssemblyTests
{
    [Theory]
    [InlineData("Uring")]
    [InlineData("Handshake")]
    [InlineData("Ktls", "Handshake", "Uring")]
    [InlineData("Proxy", "Handshake", "Ktls", "Uring")]
    public void An_assembly_references_those_below_it(string name, params string[] below)
    {
        var project = XDocument.Load(Path.Combine(SourceTree.Root, "src", name, $"TlsProxy.{name}.csproj"));

        var references = project.Descendants("ProjectReference").Select(one => one.Attribute("Include")!.Value.Split('/')[^2]);

        Assert.Equal(below, references.Order(StringComparer.Ordinal));
    }
}
