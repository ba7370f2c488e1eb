using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

public sealed class OneFileATypeTests
{
    private static readonly SourceFile s_first = new("src/A/Some.cs", "partial class Some { int _a; }");

    [Theory]
    [InlineData("partial class Some { int F() => 1; }", 1)]
    [InlineData("partial class Some { class Parts { } int F() => 1; }", 1)]
    [InlineData("partial class Some { class Other { } }", 1)]
    [InlineData("partial class Some { sealed class Parts { } }", 0)]
    [InlineData("partial class Some { [LoggerMessage(1, \"a\")] partial void F(); }", 0)]
    public void A_further_part_of_a_type_is_found_unless_it_is_a_nested_type_or_generated(string text, int breaches)
    {
        var found = new OneFileAType().FindAll([s_first, new SourceFile("src/A/Some.Parts.cs", text)]).ToArray();

        Assert.Equal(breaches, found.Length);
        Assert.All(found, one => Assert.Equal("src/A/Some.Parts.cs", one.Path));
    }

    [Theory]
    [InlineData("partial class Some { int F() => 1; }", 1)]
    [InlineData("class Some { int F() => 1; }", 0)]
    [InlineData("partial class Some { [GeneratedRegex(\"a\")] private static partial Regex A(); }", 0)]
    [InlineData("partial class Some { [System.Runtime.InteropServices.LibraryImportAttribute(\"c\")] static partial int f(); }", 0)]
    [InlineData("partial class Some { partial class Inner { [GeneratedRegex(\"a\")] private static partial Regex A(); } }", 0)]
    [InlineData("[JsonSerializable(typeof(A))] partial class Some : JsonSerializerContext;", 0)]
    public void A_partial_type_without_another_part_is_found_unless_it_is_generated(string text, int breaches) =>
        Assert.Equal(breaches, new OneFileAType().FindAll([new SourceFile("src/A/Some.cs", text)]).Count());
}
