namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>A chart with what belongs to it, for a page or a file of its own.</summary>
/// <param name="Title">What the chart is called and, after a colon, what it shows.</param>
/// <param name="Note">What the reader has to know.</param>
/// <param name="Svg">Axes and what is drawn between them, without words around.</param>
/// <param name="IsOfBars">Bars stand for the series, else lines.</param>
internal sealed record Figure(string Title, string Note, string Svg, IReadOnlyList<Series> Series, bool IsOfBars)
{
    /// <summary>The title's part before the colon, in words that a file's name can have: <c>size-against-cost</c>.</summary>
    public string Slug => string.Join(
        '-', string.Concat(Title.Split(':')[0].Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public static Figure OfLines(string title, string note, Axis x, Axis y, IReadOnlyList<Series> series) =>
        new(title, note, LineChart.Svg(title, x, y, series), series, IsOfBars: false);

    /// <param name="label">What the groups are.</param>
    /// <param name="groups">The values of x in the points of series, with their names.</param>
    public static Figure OfBars(
        string title, string note, string label, IReadOnlyList<Tick> groups, Axis y, IReadOnlyList<Series> series) =>
        new(title, note, BarChart.Svg(title, label, groups, y, series), series, IsOfBars: true);
}
