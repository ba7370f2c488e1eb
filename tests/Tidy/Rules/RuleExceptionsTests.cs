namespace TlsProxy.Tidy.Tests.Rules;

public sealed class RuleExceptionsTests
{
    [Fact]
    public void A_breach_beyond_what_is_allowed_is_told() =>
        Assert.NotEmpty(new RuleExceptions(["Rule a.cs 1"]).Judge("Rule", Found("a.cs", "a.cs")));

    [Fact]
    public void A_breach_of_another_rule_or_file_is_told()
    {
        Assert.NotEmpty(new RuleExceptions(["Other a.cs 1"]).Judge("Rule", Found("a.cs")));
        Assert.NotEmpty(new RuleExceptions(["Rule b.cs 1"]).Judge("Rule", Found("a.cs")));
    }

    [Fact]
    public void What_is_allowed_passes() =>
        Assert.Empty(new RuleExceptions(["# A comment.", "Rule a.cs 2"]).Judge("Rule", Found("a.cs", "a.cs")));

    [Fact]
    public void A_stale_exception_is_told()
    {
        Assert.Single(new RuleExceptions(["Rule a.cs 2"]).Judge("Rule", Found("a.cs")));
        Assert.Single(new RuleExceptions(["Rule gone.cs 1"]).Judge("Rule", Found()));
    }

    [Fact]
    public void Shrinking_lowers_counts_and_raises_none()
    {
        var exceptions = new RuleExceptions(["Rule a.cs 2", "Rule b.cs 1", "Rule c.cs 1", "Other a.cs 5"]);

        exceptions.Shrink("Rule", Found("a.cs", "b.cs", "b.cs"));

        Assert.Equal(["Other a.cs 5", "Rule a.cs 1", "Rule b.cs 1"], exceptions.Lines());
    }

    private static ILookup<string, Breach> Found(params string[] paths) => paths.ToLookup(path => path, _ => new Breach(1, "wrong"));
}
