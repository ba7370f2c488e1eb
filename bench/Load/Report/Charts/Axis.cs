namespace TlsProxy.Bench.Load.Report.Charts;

/// <summary>Where values lie along one side of a chart.</summary>
internal sealed class Axis
{
    private const int TicksAtMost = 8;
    private static readonly int[] RoundDigits = [1, 2, 5];
    private readonly double _least;
    private readonly double _most;
    private readonly bool _isLogarithmic;

    private Axis(string label, double least, double most, bool isLogarithmic, IReadOnlyList<Tick> ticks)
    {
        Label = label;
        _least = least;
        _most = most;
        _isLogarithmic = isLogarithmic;
        Ticks = ticks;
    }

    public string Label { get; }

    public IReadOnlyList<Tick> Ticks { get; }

    /// <summary>From 0 to a round number that no value exceeds.</summary>
    public static Axis Linear(string label, IEnumerable<double> values, Func<double, string> text)
    {
        var most = values.DefaultIfEmpty(1).Max();
        var step = Step(most / 5);
        var count = Math.Max(1, (int)Math.Ceiling(most / step));
        var ticks = Enumerable.Range(0, count + 1).Select(i => new Tick(i * step, text(i * step)));
        return new Axis(label, 0, count * step, isLogarithmic: false, [.. ticks]);
    }

    /// <summary>Between round numbers around positive values: 1, 2 and 5 of each power of ten, or the powers alone where those are
    /// many.</summary>
    public static Axis Logarithmic(string label, IEnumerable<double> values, Func<double, string> text)
    {
        var positive = values.Where(value => value > 0).DefaultIfEmpty(1).ToArray();
        var (least, most) = (positive.Min(), positive.Max());
        var lowest = (int)Math.Floor(Math.Log10(least));
        var exponents = Enumerable.Range(lowest, (int)Math.Ceiling(Math.Log10(most)) - lowest + 1);
        var all = exponents.SelectMany(exponent => RoundDigits, (exponent, digit) => digit * Math.Pow(10, exponent)).ToArray();
        var first = all.Last(value => value <= least * 1.000001);
        var last = all.FirstOrDefault(value => value >= most * 0.999999 && value > first, first * 2);
        var within = all.Where(value => value >= first && value <= last).ToArray();
        if (within.Length > TicksAtMost)
            within = [.. within.Where(value => Math.Abs(Math.Log10(value) - Math.Round(Math.Log10(value))) < 1e-9)];
        return new Axis(label, first, last, isLogarithmic: true, [.. within.Select(value => new Tick(value, text(value)))]);
    }

    /// <summary>Logarithmic with a tick at each value, for few values that a reader knows.</summary>
    public static Axis OfValues(string label, IEnumerable<double> values, Func<double, string> text)
    {
        var known = values.Distinct().Order().ToArray();
        if (known.Length == 0)
            return Logarithmic(label, known, text);
        var ticks = known.Select(value => new Tick(value, text(value)));
        return new Axis(label, known[0] / 1.3, known[^1] * 1.3, isLogarithmic: true, [.. ticks]);
    }

    /// <returns>0 at the beginning of the axis, 1 at its end.</returns>
    public double At(double value) => _isLogarithmic
        ? Math.Log(Math.Max(value, _least) / _least) / Math.Log(_most / _least)
        : (value - _least) / (_most - _least);

    private static double Step(double rough)
    {
        if (rough <= 0)
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
    }
}
