using System.Text;

namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>A chart as a file of its own with title and legend, which an image of a page or of a README shows in light and dark.</summary>
internal static class SvgFile
{
    private const int Margin = 16;
    private const int Inner = Frame.Width - (2 * Margin);

    // A file can't ask how wide a text is drawn, so these are widths of an average letter, rounded up.
    private const double TitleLetter = 9.2;
    private const double NoteLetter = 7.4;

    private const int TitleLine = 23;
    private const int NoteLine = 20;
    private const int Swatch = 28;
    private const int BetweenNames = 24;

    public static void Write(string path, Figure figure) => File.WriteAllText(path, Text(figure));

    /// <summary>Writes each chart to <c>TITLE.svg</c> in a folder, which is made where it doesn't exist.</summary>
    public static void WriteAll(string folder, IEnumerable<Figure> figures)
    {
        Directory.CreateDirectory(folder);
        foreach (var figure in figures)
            Write(Path.Combine(folder, $"{figure.Slug}.svg"), figure);
    }

    public static string Text(Figure figure)
    {
        var inside = new StringBuilder();
        var y = Margin;
        foreach (var line in Wrapped(figure.Title, TitleLetter))
            inside.Append(Words("title", Margin, y += TitleLine, line));
        foreach (var line in Wrapped(figure.Note, NoteLetter))
            inside.Append(Words("note", Margin, y += NoteLine, line));
        y += Margin;
        inside.Append(FormattableString.Invariant($"<g transform=\"translate(0 {y})\">{figure.Svg}</g>\n"));
        y = Legend(inside, figure, y + Frame.Height);
        var size = FormattableString.Invariant($"width=\"{Frame.Width}\" height=\"{y + Margin}\"");
        var view = FormattableString.Invariant($"viewBox=\"0 0 {Frame.Width} {y + Margin}\"");
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" {size} {view} role=\"img\">\n<title>{Frame.Encoded(figure.Title)}</title>\n"
            + $"<style>{ChartStyle.OfCharts}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n{inside}</svg>\n";
    }

    /// <summary>Names in as many columns as the longest leaves room for.</summary>
    /// <returns>Where the legend ends.</returns>
    private static int Legend(StringBuilder svg, Figure figure, int top)
    {
        if (figure.Series.Count == 0)
            return top;
        var longest = figure.Series.Max(one => one.Name.Length);
        var columns = Math.Clamp((int)(Inner / (Swatch + 8 + BetweenNames + (longest * NoteLetter))), 1, figure.Series.Count);
        for (var i = 0; i < figure.Series.Count; i++)
        {
            var x = Margin + (i % columns * (Inner / columns));
            var y = top + ((i / columns + 1) * NoteLine);
            var swatch = Charts.Legend.Swatch(figure.Series[i], figure.IsOfBars);
            svg.Append(FormattableString.Invariant($"<g transform=\"translate({x} {y - 11})\">{swatch}</g>"))
                .Append(Words("name", x + Swatch + 8, y, figure.Series[i].Name));
        }

        return top + (((figure.Series.Count + columns - 1) / columns) * NoteLine);
    }

    private static string Words(string kind, int x, int y, string text) =>
        FormattableString.Invariant($"<text class=\"{kind}\" x=\"{x}\" y=\"{y}\">{Frame.Encoded(text)}</text>\n");

    private static IEnumerable<string> Wrapped(string text, double letter)
    {
        var line = string.Empty;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && (line.Length + 1 + word.Length) * letter > Inner)
            {
                yield return line;
                line = string.Empty;
            }

            line += line.Length == 0 ? word : $" {word}";
        }

        if (line.Length > 0)
            yield return line;
    }
}
