using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Questions;

namespace TlsProxy.Bench.Tests.Questions;

public sealed class QuestionPlanTests
{
    [Theory]
    [InlineData(false, 25)]
    [InlineData(true, 6)]
    public void All_questions_fit_into_the_time_of_a_run(bool quick, int minutes)
    {
        var options = Options(quick, text: null);
        var seconds = QuestionPlan.Of(options).Sum(question => QuestionPlan.Seconds(question, options));
        Assert.Equal(TimeSpan.FromMinutes(minutes), options.Limit);
        Assert.InRange(seconds, 60, 60 * minutes);
    }

    [Fact]
    public void A_user_who_asks_for_rounds_gives_the_run_as_long_as_it_takes()
    {
        var options = QuestionPlan.Timed(PlanTests.Options(kernelTls: false), text: null, rounds: 9, seconds: 2);
        Assert.Equal((9, 2, TimeSpan.MaxValue), (options.Rounds, options.Seconds, options.Limit));
    }

    [Theory]
    [InlineData("SQPOLL", "sqpoll")]
    [InlineData("copy", "send-zc")]
    [InlineData("uring", "submission-batch epoll")]
    public void Questions_are_chosen_by_their_names_and_words(string text, string names) =>
        Assert.Equal(names.Split(' '), QuestionPlan.Of(Options(quick: false, text)).Select(question => question.Name));

    [Fact]
    public void A_quick_run_answers_every_question_with_fewer_measurements()
    {
        var all = QuestionPlan.Of(Options(quick: false, text: null));
        var quick = QuestionPlan.Of(Options(quick: true, text: null));
        Assert.Equal(all.Select(question => question.Name), quick.Select(question => question.Name));
        Assert.All(quick, question => Assert.InRange(question.Cells.Count, 1, 2));
    }

    private static BenchOptions Options(bool quick, string? text) => QuestionPlan.Timed(
        PlanTests.Options(kernelTls: false) with { Quick = quick, Limit = TimeSpan.FromMinutes(1) }, text, rounds: null, seconds: null);
}
