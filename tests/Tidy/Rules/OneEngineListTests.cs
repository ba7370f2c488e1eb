using System.Text.RegularExpressions;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

public sealed partial class OneEngineListTests
{
    [Fact]
    public void Few_tests_are_for_one_engine_alone() => Assert.InRange(OneEngineList.All.Count, 0, OneEngineList.Maximum);

    [Fact]
    public void Each_entry_is_a_test_that_is_for_one_engine_and_says_why()
    {
        var tests = SourceTree.Files.SelectMany(OneEngineListed.TestsOfOneEngine)
            .SelectMany(type => OneEngineListed.TestsOf(type), (type, test) => (type.Identifier.ValueText, test))
            .ToHashSet();

        Assert.All(OneEngineList.All, entry => Assert.Contains((entry.Class, entry.Test), tests));
        Assert.All(OneEngineList.All, entry => Assert.Matches(Section, entry.Reason));
        Assert.Distinct(OneEngineList.All.Select(entry => (entry.Class, entry.Test)));
    }

    [Theory]
    [InlineData("class A { [Fact] void F() => Run(TlsEngine.BouncyCastle); }", true)]
    [InlineData("class A { [Theory] void F() { if (TestEngines.Current == x) G(); } }", true)]
    [InlineData("class A { [Fact] void F() => Assert.True(TestRun.Engine is null); }", true)]
    [InlineData("class A { [Fact] void F() => Run(TlsEngine.BouncyCastle, TlsEngine.OpenSsl); }", false)]
    [InlineData("class A { object C => Enum.GetValues<TlsEngine>(); [Theory] void F() => Run(TlsEngine.OpenSsl); }", false)]
    [InlineData("class A { [Fact] void F() => Run(); }", false)]
    [InlineData("class A { void F() => Run(TlsEngine.BouncyCastle); }", false)]
    public void A_class_of_tests_about_one_engine_is_found(string text, bool isFound)
    {
        Assert.Equal(isFound, new OneEngineListed().Find(new SourceFile("tests/Some/A.cs", text)).Any());
        Assert.Empty(new OneEngineListed().Find(new SourceFile("src/Some/A.cs", text)));
    }

    [GeneratedRegex(@"RFC \d+, section \d", RegexOptions.CultureInvariant)]
    private static partial Regex Section { get; }
}
