namespace TlsProxy.Tidy.Tests.Rules;

public sealed class PlantedBreachTests
{
    public static TheoryData<string> RuleNames() => [.. HouseRules.All.Select(rule => rule.GetType().Name)];

    [Fact]
    public void Every_rule_is_in_force_and_has_a_planted_breach()
    {
        var rules = typeof(IRule).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IRule))).ToHashSet();

        Assert.Equal(rules, HouseRules.All.Select(rule => rule.GetType()).ToHashSet());
        Assert.Equal(rules, PlantedBreaches.All.Keys.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void A_planted_breach_fails_the_tree_and_the_sentence_says_where_the_code_belongs(string name)
    {
        var rule = HouseRules.All.Single(rule => rule.GetType().Name == name);
        var (place, file) = PlantedBreaches.All[rule.GetType()];
        var found = rule.FindAll([file]).ToLookup(pair => pair.Path, pair => pair.Breach);

        var wrong = new RuleExceptions([]).Judge(name, found);

        Assert.StartsWith($"{file.Path}:", Assert.Single(wrong), StringComparison.Ordinal);
        Assert.Contains(place, rule.Belongs, StringComparison.Ordinal);
        Assert.EndsWith(".", rule.Belongs, StringComparison.Ordinal);
    }
}
