using System.Reflection;

namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>Style sheets that the program carries with it.</summary>
internal static class ChartStyle
{
    /// <summary>Colours, for light and dark, and what is drawn with them.</summary>
    public static string OfCharts { get; } = Read("chart.css");

    /// <summary>The rest of a page.</summary>
    public static string OfPages { get; } = Read("report.css");

    /// <summary>How many colours there are; a chart with more servers begins with the first again.</summary>
    public const int Colours = 8;

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
