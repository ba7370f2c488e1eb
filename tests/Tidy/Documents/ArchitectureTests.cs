using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Documents;

public sealed class ArchitectureTests
{
    [Fact]
    public void The_document_names_only_files_and_types_that_are_there() =>
        Assert.Empty(NamedParts.OfTheTree().FindStale(File.ReadAllText(Path.Combine(SourceTree.Root, "ARCHITECTURE.md"))));

    [Theory]
    [InlineData("`Cache/Entry` and `Entry.Take`", "")]
    [InlineData("`Cache/Entry.Take`, `src/Cache`", "")]
    [InlineData("`Origin/Entry`", "Origin/Entry")]
    [InlineData("`Cache/Entry.Give`", "Cache/Entry.Give")]
    [InlineData("`Parcel`", "Parcel")]
    [InlineData("`Entry.Give`", "Entry.Give")]
    [InlineData("`--cache-size`, `no-store`, `TLS_TX`", "")]
    public void A_name_that_the_tree_lacks_is_found(string document, string stale)
    {
        var parts = new NamedParts(["/src/Cache/Entry.cs"], new HashSet<string> { "Entry", "Take" });

        Assert.Equal(stale, string.Join(' ', parts.FindStale(document)));
    }
}
