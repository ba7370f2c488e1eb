using System.CommandLine;
using TlsProxy.Bench.Load.Questions;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Bench.Tests.Questions;

public sealed class QuestionListTests
{
    public static TheoryData<string> Names => [.. QuestionList.All.Select(question => question.Name)];

    [Fact]
    public void Every_question_has_a_name_of_its_own() =>
        Assert.Equal(QuestionList.All.Count, QuestionList.All.Select(question => question.Name).Distinct().Count());

    [Theory]
    [MemberData(nameof(Names))]
    public void The_first_setting_is_the_default_and_the_others_have_names_of_their_own(string name)
    {
        var variants = Find(name).Variants;
        Assert.Equal(Variant.Default, variants[0]);
        Assert.True(variants.Count > 1);
        Assert.Equal(variants.Count, variants.Select(variant => variant.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_proxy_takes_every_setting_which_differs_from_its_default(string name)
    {
        var known = Bound([]);
        Assert.All(Find(name).Variants.Skip(1), variant =>
        {
            var bound = Bound(variant.Options);
            Assert.NotEqual(
                (known.Backend.Kind, known.Backend.Ring, known.Channel), (bound.Backend.Kind, bound.Backend.Ring, bound.Channel));
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_asked_for_is_there_and_measured_in_a_quick_run_too(string name)
    {
        var question = Find(name);
        Assert.NotEmpty(question.Cells);
        var all = question.Cells.Concat(question.Rates.Select(rate => rate.Cell));
        Assert.All(all, cell => Assert.Contains(cell.Object, QuestionList.Objects));
        Assert.Equal(question.Cells.Count, question.Cells.Distinct().Count());
    }

    private static Question Find(string name) => QuestionList.All.Single(question => question.Name == name);

    private static WorkerOptions Bound(string[] options)
    {
        var group = new WorkerOptionGroup();
        var command = new Command("serve");
        group.AddTo(command);
        var parsed = command.Parse(options);
        Assert.Empty(parsed.Errors);
        return group.Bind(parsed);
    }
}
