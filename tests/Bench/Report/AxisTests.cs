using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Tests.Report;

public sealed class AxisTests
{
    [Theory]
    [InlineData(1.9, new[] { 0.0, 0.5, 1.0, 1.5, 2.0 })]
    [InlineData(100, new[] { 0.0, 20.0, 40.0, 60.0, 80.0, 100.0 })]
    [InlineData(0, new[] { 0.0, 1.0 })]
    public void A_linear_axis_goes_from_zero_in_round_steps_to_beyond_the_largest_value(double most, double[] ticks)
    {
        var axis = Axis.Linear("x", [most], value => $"{value}");

        Assert.Equal(ticks, axis.Ticks.Select(tick => tick.Value), (expected, actual) => Math.Abs(expected - actual) < 1e-9);
        Assert.InRange(axis.At(most), 0, 1);
    }

    [Fact]
    public void A_logarithmic_axis_holds_all_values_and_puts_equal_ratios_at_equal_distances()
    {
        var axis = Axis.Logarithmic("x", [3, 700], value => $"{value}");

        Assert.Equal(["10", "100", "1000"], axis.Ticks.Select(tick => tick.Text));
        Assert.InRange(axis.At(3), 0, 1);
        Assert.InRange(axis.At(700), 0, 1);
        Assert.Equal(axis.At(100) - axis.At(10), axis.At(50) - axis.At(5), 9);
    }

    [Fact]
    public void One_value_and_no_value_make_an_axis_too()
    {
        Assert.InRange(Axis.Logarithmic("x", [1], value => $"{value}").At(1), 0, 1);
        Assert.InRange(Axis.OfValues("x", [5], value => $"{value}").At(5), 0.49, 0.51);
        Assert.NotEmpty(Axis.OfValues("x", [], value => $"{value}").Ticks);
        Assert.NotEmpty(Axis.Linear("x", [], value => $"{value}").Ticks);
    }
}
