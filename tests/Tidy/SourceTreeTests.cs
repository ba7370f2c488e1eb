using TlsProxy.Tidy.Tests.Rules;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests;

/// <summary>The tree holds to the house rules. scripts/check --shrink lowers what exceptions.txt allows to what is there.</summary>
public sealed class SourceTreeTests
{
    private static readonly string ExceptionsFile = Path.Combine(SourceTree.Root, "tests/Tidy/exceptions.txt");

    public static TheoryData<string> RuleNames() => [.. HouseRules.All.Select(rule => rule.GetType().Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void The_tree_holds_to(string name)
    {
        var rule = HouseRules.All.Single(rule => rule.GetType().Name == name);
        var found = rule.FindAll(SourceTree.Files).ToLookup(pair => pair.Path, pair => pair.Breach);
        var lines = File.ReadAllLines(ExceptionsFile);
        var exceptions = new RuleExceptions(lines);
        if (Environment.GetEnvironmentVariable("TLSPROXY_SHRINK_EXCEPTIONS") == "1")
        {
            exceptions.Shrink(name, found);
            File.WriteAllLines(ExceptionsFile, [.. lines.Where(line => line.StartsWith('#')), .. exceptions.Lines()]);
        }

        var wrong = exceptions.Judge(name, found).ToArray();

        Assert.True(wrong.Length == 0, $"{rule.Sentence} {rule.Belongs}\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void The_tree_was_found() => Assert.Contains(SourceTree.Files, file => file.Path == "src/Proxy/Program.cs");
}
