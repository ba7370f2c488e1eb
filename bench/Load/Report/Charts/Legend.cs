using System.Text;

namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>Which line or bar is whose, below a chart.</summary>
internal static class Legend
{
    public static string Html(IEnumerable<Series> series, bool isOfBars)
    {
        var html = new StringBuilder("<ul class=\"legend\">");
        foreach (var one in series)
        {
            var swatch = isOfBars
                ? $"<rect class=\"bar c{one.Colour} d{one.Dash}\" x=\"4\" y=\"1\" width=\"20\" height=\"10\"/>"
                : $"<polyline class=\"line c{one.Colour} d{one.Dash}\" points=\"0,6 28,6\"/>";
            html.Append($"<li><svg class=\"swatch\" viewBox=\"0 0 28 12\">{swatch}</svg> {Frame.Encoded(one.Name)}</li>");
        }

        return html.Append("</ul>").ToString();
    }
}
