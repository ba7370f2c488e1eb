using System.Text;

namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>Which line or bar is whose.</summary>
internal static class Legend
{
    /// <summary>Below a chart of a page.</summary>
    public static string Html(Figure figure)
    {
        var html = new StringBuilder("<ul class=\"legend\">");
        foreach (var one in figure.Series)
        {
            html.Append($"<li><svg class=\"swatch\" viewBox=\"0 0 28 12\">{Swatch(one, figure.IsOfBars)}</svg> ")
                .Append($"{Frame.Encoded(one.Name)}</li>");
        }

        return html.Append("</ul>").ToString();
    }

    /// <summary>A piece of the line or bar, 28 wide and 12 high.</summary>
    public static string Swatch(Series series, bool isOfBars) => isOfBars
        ? $"<rect class=\"bar c{series.Colour} d{series.Dash}\" x=\"4\" y=\"1\" width=\"20\" height=\"10\"/>"
        : $"<polyline class=\"line c{series.Colour} d{series.Dash}\" points=\"0,6 28,6\"/>";
}
