using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>One line or kind of bar.</summary>
/// <param name="Colour">Its number in the palette of the style sheet; one a server.</param>
/// <param name="Dash">Its number among the patterns of the style sheet; one a transport.</param>
/// <param name="Points">What is drawn, with the range between rounds.</param>
internal sealed record Series(string Name, int Colour, int Dash, IReadOnlyList<Point> Points);

/// <summary>A value and its range between rounds.</summary>
internal readonly record struct Point(double X, Spread Y);
