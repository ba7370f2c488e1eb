namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>Bars beside each other for each value on the horizontal axis, with their figures above.</summary>
internal static class BarChart
{
    /// <summary>The share of a group's place that its bars fill.</summary>
    private const double Filled = 0.86;

    /// <summary>Narrower bars leave no room for their figures.</summary>
    private const double NarrowestWithFigure = 24;

    /// <param name="groups">The values of x in the points of series, with their names.</param>
    public static string Svg(string title, string label, IReadOnlyList<Tick> groups, Axis y, IReadOnlyList<Series> series)
    {
        var frame = new Frame(title);
        frame.Vertical(y);
        frame.Horizontal(label, groups.Select((group, i) => ((i + 0.5) / groups.Count, group.Text)));
        var room = Frame.InnerWidth / groups.Count;
        var width = room * Filled / series.Count;
        for (var i = 0; i < groups.Count; i++)
        {
            for (var j = 0; j < series.Count; j++)
            {
                var left = Frame.X(0) + (room * (i + ((1 - Filled) / 2))) + (width * j);
                foreach (var point in series[j].Points.Where(point => point.X == groups[i].Value))
                    Draw(frame, y, series[j], point, left, width);
            }
        }

        return frame.Close();
    }

    private static void Draw(Frame frame, Axis y, Series bar, Point point, double left, double width)
    {
        var top = Frame.Y(y.At(point.Y.Median));
        var (low, high, middle) = (Frame.Y(y.At(point.Y.Lowest)), Frame.Y(y.At(point.Y.Highest)), left + (width / 2));
        var height = Frame.Floor - top;
        frame.Add($"<rect class=\"bar c{bar.Colour} d{bar.Dash}\" x=\"{left + 1:F1}\" y=\"{top:F1}\"");
        frame.Add($" width=\"{width - 2:F1}\" height=\"{height:F1}\">");
        frame.Add($"<title>{Frame.Encoded(bar.Name)}: {point.Y.Median:F2} ({point.Y.Lowest:F2} … {point.Y.Highest:F2})</title>");
        frame.Add($"</rect>");
        frame.Add($"<line class=\"whisker\" x1=\"{middle:F1}\" y1=\"{low:F1}\" x2=\"{middle:F1}\" y2=\"{high:F1}\"/>");
        if (width >= NarrowestWithFigure)
            frame.Add($"<text class=\"figure\" x=\"{middle:F1}\" y=\"{high - 5:F1}\" text-anchor=\"middle\">{point.Y.Median:F2}</text>");
    }
}
