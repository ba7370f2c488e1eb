using System.Globalization;
using System.Xml.Linq;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Tests.Report;

public sealed class SvgFileTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_chart_is_a_file_that_loads_nothing_and_has_its_title_note_axes_and_a_name_for_every_line()
    {
        var text = SvgFile.Text(Chart("Size & cost: CPU µs", "ours <b>", "nginx"));

        var root = XDocument.Parse(text).Root!;
        Assert.Equal(Svg + "svg", root.Name);
        Assert.Equal("Size & cost: CPU µs", root.Element(Svg + "title")!.Value);
        Assert.Equal(["ours <b>", "nginx"], Texts(root, "name"));
        Assert.Equal(["Of one run."], Texts(root, "note"));
        Assert.Equal(2, root.Descendants(Svg + "polyline").Count(line => line.Parent!.Name == Svg + "svg"));
        Assert.DoesNotContain("href", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_has_colours_of_its_own_for_light_and_dark()
    {
        var style = XDocument.Parse(SvgFile.Text(Chart("Cost", "ours"))).Root!.Element(Svg + "style")!.Value;

        Assert.Contains("@media (prefers-color-scheme: dark)", style, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(0, ChartStyle.Colours), colour => Assert.Equal(
            2, style.Split(string.Create(CultureInfo.InvariantCulture, $"--c{colour}:")).Length - 1));
    }

    [Fact]
    public void Everything_lies_within_the_picture_whatever_the_length_of_names_and_titles()
    {
        var name = new string('w', 60);
        var root = XDocument.Parse(SvgFile.Text(Chart(string.Join(' ', Enumerable.Repeat("long", 60)), name, name, name))).Root!;

        var height = Number(root, "height");
        Assert.All(root.Elements(Svg + "text"), text => Assert.InRange(Number(text, "y"), 0, height - 1));
        Assert.Equal(3, root.Elements(Svg + "text").Where(text => IsOf(text, "name")).Select(text => Number(text, "y")).Distinct().Count());
        Assert.True(Texts(root, "title").Count() > 3, "a long title is broken into lines");
    }

    [Fact]
    public void Files_are_named_by_what_stands_before_the_colon()
    {
        var folder = Directory.CreateTempSubdirectory("charts");
        try
        {
            SvgFile.WriteAll(Path.Combine(folder.FullName, "new"), [Chart("Rate against latency, 16 KiB: p99", "ours")]);

            Assert.Equal("rate-against-latency-16-kib.svg", Assert.Single(folder.EnumerateFiles("*", SearchOption.AllDirectories)).Name);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Figure Chart(string title, params string[] names)
    {
        var x = Axis.OfValues("connections", [1, 8], value => $"{value}");
        var y = Axis.Linear("CPU µs", [3], value => $"{value}");
        Point[] points = [new Point(1, new Spread(2, 1, 3, 3)), new Point(8, new Spread(1, 1, 1, 3))];
        return Figure.OfLines(title, "Of one run.", x, y, [.. names.Select((name, i) => new Series(name, i, 1, points))]);
    }

    private static IEnumerable<string> Texts(XElement root, string kind) =>
        root.Elements(Svg + "text").Where(text => IsOf(text, kind)).Select(text => text.Value);

    private static bool IsOf(XElement element, string kind) => element.Attribute("class")?.Value == kind;

    private static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
