namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>Lines with their points, and the range between rounds as a bar through each point.</summary>
internal static class LineChart
{
    public static string Svg(string title, Axis x, Axis y, IEnumerable<Series> series)
    {
        var frame = new Frame(title);
        frame.Vertical(y);
        frame.Horizontal(x.Label, x.Ticks.Select(tick => (x.At(tick.Value), tick.Text)));
        foreach (var line in series)
            Draw(frame, x, y, line);
        return frame.Close();
    }

    private static void Draw(Frame frame, Axis x, Axis y, Series line)
    {
        var places = line.Points.OrderBy(point => point.X).Select(point => (Point: point, X: Frame.X(x.At(point.X)))).ToArray();
        double Height(Point point) => Frame.Y(y.At(point.Y.Median));
        var path = string.Join(' ', places.Select(place => FormattableString.Invariant($"{place.X:F1},{Height(place.Point):F1}")));
        frame.Add($"<polyline class=\"line c{line.Colour} d{line.Dash}\" points=\"{path}\"/>");
        foreach (var (point, left) in places)
        {
            var (low, high) = (Frame.Y(y.At(point.Y.Lowest)), Frame.Y(y.At(point.Y.Highest)));
            frame.Add($"<line class=\"range c{line.Colour}\" x1=\"{left:F1}\" y1=\"{low:F1}\" x2=\"{left:F1}\" y2=\"{high:F1}\"/>");
            frame.Add($"<circle class=\"point c{line.Colour}\" cx=\"{left:F1}\" cy=\"{Height(point):F1}\" r=\"4\">");
            frame.Add($"<title>{Frame.Encoded(line.Name)} at {point.X:G6}: ");
            frame.Add($"{point.Y.Median:G4} ({point.Y.Lowest:G4} … {point.Y.Highest:G4})</title>");
            frame.Add($"</circle>");
        }
    }
}
