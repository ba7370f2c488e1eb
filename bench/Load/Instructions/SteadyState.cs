namespace TlsProxy.Bench.Load.Instructions;

/// <summary>Whether a server has stopped becoming cheaper: the runtime compiles its code again while it runs.</summary>
internal static class SteadyState
{
    /// <summary>The share by which two windows in a row may differ.</summary>
    public const double Tolerated = 0.03;

    /// <summary>A server that never becomes steady is measured as it is, and its row has a mark.</summary>
    public const int WindowsAtMost = 6;

    /// <summary>Measures window after window until two in a row agree.</summary>
    /// <param name="window">Measures one, and returns its cost per request.</param>
    /// <returns>Whether the last two agree.</returns>
    public static bool Reach(Func<double> window)
    {
        var before = window();
        for (var count = 1; count < WindowsAtMost; count++)
        {
            var now = window();
            if (Agree(before, now))
                return true;
            before = now;
        }

        return false;
    }

    /// <summary>Whether two costs differ by less than <see cref="Tolerated"/> of the lower one.</summary>
    public static bool Agree(double first, double second) => Math.Abs(first - second) < Tolerated * Math.Min(first, second);
}
