namespace TlsProxy.Bench.Load.Questions;

/// <summary>Which questions are answered, by which measurements, and how long that takes.</summary>
internal static class QuestionPlan
{
    /// <summary>Before the rounds, for each variant and cell: what is compiled on the way isn't the setting's.</summary>
    public const int WarmingSeconds = 1;

    /// <summary>p99 needs some thousand requests.</summary>
    public static readonly TimeSpan RateLength = TimeSpan.FromSeconds(2);

    private const int QuickCells = 2;
    private const int QuickRates = 1;

    /// <summary>A process starts, and reads its certificate.</summary>
    private const double StartingSeconds = 1.5;

    /// <summary>wrk starts and ends, and counters are read.</summary>
    private const double AroundSeconds = 0.2;

    /// <summary>The options of a run of questions.</summary>
    /// <param name="text">What the questions are chosen by; null for all.</param>
    /// <param name="rounds">As the user asked; a user who asks gives the run as long as it takes.</param>
    /// <param name="seconds">As the user asked, of one measurement.</param>
    public static BenchOptions Timed(BenchOptions options, string? text, int? rounds, int? seconds) => options with
    {
        Questions = text ?? string.Empty,
        Rounds = rounds ?? (options.Quick ? 3 : 5),
        Seconds = seconds ?? 1,
        Limit = options.Limit == TimeSpan.MaxValue ? options.Limit : TimeSpan.FromMinutes(options.Quick ? 6 : 25),
    };

    public static int RoundsOfRates(BenchOptions options) => Math.Min(options.Rounds, 3);

    /// <returns>Those whose name or title contains the text that was given; in a quick run with their first cells alone.</returns>
    public static IReadOnlyList<Question> Of(BenchOptions options) =>
    [
        .. from question in QuestionList.All
           let words = $"{question.Name} {question.Title}"
           where options.Questions is null || words.Contains(options.Questions, StringComparison.OrdinalIgnoreCase)
           select options.Quick
               ? question with { Cells = [.. question.Cells.Take(QuickCells)], Rates = [.. question.Rates.Take(QuickRates)] }
               : question,
    ];

    /// <summary>Seconds that a question takes.</summary>
    public static double Seconds(Question question, BenchOptions options) => question.Variants.Count
        * (StartingSeconds + (question.Cells.Count * SecondsOfCell(options)) + (question.Rates.Count * SecondsOfRate(options)));

    private static double SecondsOfCell(BenchOptions options) => WarmingSeconds + (options.Rounds * (options.Seconds + AroundSeconds));

    private static double SecondsOfRate(BenchOptions options) =>
        WarmingSeconds + (RoundsOfRates(options) * (RateLength.TotalSeconds + AroundSeconds));
}
