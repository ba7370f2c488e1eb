using System.Globalization;

namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>Figures as charts write them.</summary>
internal static class Words
{
    public static string OnConnections(Cell cell) =>
        string.Create(CultureInfo.InvariantCulture, $"{cell.Connections} keep-alive connections.");

    public static string Bytes(double count) => count switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{count:F0} B"),
        < 1_000_000 when count % 1024 == 0 => string.Create(CultureInfo.InvariantCulture, $"{count / 1024:F0} KiB"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1000:G3} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1_000_000:G3} MB"),
    };

    public static string Number(double value) => value.ToString(value >= 1000 ? "N0" : "G4", CultureInfo.InvariantCulture);

    public static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F0} %");
}
