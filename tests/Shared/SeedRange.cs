using System.Globalization;

namespace TlsProxy.Testing;

/// <summary>Which seeds random schedules run with: TLSPROXY_SEED names one, TLSPROXY_SEEDS a range as first-last,
/// TLSPROXY_SEEDS_MAX how many a test tries at most of its own.</summary>
public readonly record struct SeedRange(int First, int Last)
{
    /// <summary>The one seed that the environment asks for, or null.</summary>
    public static int? Chosen => Environment.GetEnvironmentVariable("TLSPROXY_SEED") is { Length: > 0 } seed ? Number(seed) : null;

    /// <param name="count">Seeds from 0 on where the environment asks for none.</param>
    public static SeedRange OfTheRun(int count)
    {
        if (Chosen is { } seed)
            return new SeedRange(seed, seed);
        if (Environment.GetEnvironmentVariable("TLSPROXY_SEEDS") is not { Length: > 0 } range)
            return new SeedRange(0, Math.Min(count, Maximum) - 1);
        var ends = range.Split('-');
        return new SeedRange(Number(ends[0]), Number(ends[1]));
    }

    private static int Maximum =>
        Environment.GetEnvironmentVariable("TLSPROXY_SEEDS_MAX") is { Length: > 0 } count ? Number(count) : int.MaxValue;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
