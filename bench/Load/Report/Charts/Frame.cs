using System.Globalization;
using System.Net;
using System.Text;

namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>What charts have in common: an SVG element with its axes. Colours come from the page's style sheet, which knows light
/// and dark.</summary>
internal sealed class Frame
{
    public const int Width = 720;
    public const int Height = 400;
    private const int Left = 92;
    private const int Right = 36;
    private const int Top = 14;
    private const int Bottom = 60;

    private readonly StringBuilder _svg = new();

    public Frame(string title) => Add(
        $"<svg width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Encoded(title)}\">");

    public static double InnerWidth => Width - Left - Right;

    /// <summary>The y of the horizontal axis.</summary>
    public static double Floor => Height - Bottom;

    /// <param name="share">0 at the left end of the axis, 1 at the right.</param>
    public static double X(double share) => Left + (share * InnerWidth);

    /// <param name="share">0 at the lower end of the axis, 1 at the upper.</param>
    public static double Y(double share) => Floor - (share * (Height - Top - Bottom));

    public static string Encoded(string text) => WebUtility.HtmlEncode(text);

    public void Add(FormattableString element) => _svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');

    public void Vertical(Axis axis)
    {
        foreach (var tick in axis.Ticks)
        {
            var y = Y(axis.At(tick.Value));
            Add($"<line class=\"grid\" x1=\"{Left}\" y1=\"{y:F1}\" x2=\"{Width - Right}\" y2=\"{y:F1}\"/>");
            Add($"<text class=\"tick\" x=\"{Left - 8}\" y=\"{y + 5:F1}\" text-anchor=\"end\">{Encoded(tick.Text)}</text>");
        }

        var middle = (Top + Floor) / 2;
        var label = Encoded(axis.Label);
        Add($"<text class=\"label\" transform=\"translate(22 {middle:F1}) rotate(-90)\" text-anchor=\"middle\">{label}</text>");
    }

    public void Horizontal(string label, IEnumerable<(double Share, string Text)> ticks)
    {
        Add($"<line class=\"axis\" x1=\"{Left}\" y1=\"{Floor}\" x2=\"{Width - Right}\" y2=\"{Floor}\"/>");
        foreach (var (share, text) in ticks)
            Add($"<text class=\"tick\" x=\"{X(share):F1}\" y=\"{Floor + 22:F1}\" text-anchor=\"middle\">{Encoded(text)}</text>");
        Add($"<text class=\"label\" x=\"{X(0.5):F1}\" y=\"{Height - 8}\" text-anchor=\"middle\">{Encoded(label)}</text>");
    }

    public string Close() => _svg.Append("</svg>").ToString();
}
