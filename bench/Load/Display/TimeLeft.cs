namespace TlsProxy.Bench.Load.Display;

/// <summary>How long a run will still take: what is planned, stretched by how much longer than planned the run has taken so far.</summary>
/// <param name="planned">Seconds that all measurements are to take.</param>
internal sealed class TimeLeft(double planned)
{
    /// <summary>Before as much is done, the start of servers and of the runtime would be taken for slowness.</summary>
    private const double SecondsUntilKnown = 5;

    /// <summary>Seconds of the plan that have been measured.</summary>
    public double Done { get; private set; }

    /// <summary>The share that is done, from 0 to 1.</summary>
    public double Share => planned <= 0 ? 1 : Math.Min(1, Done / planned);

    /// <param name="seconds">Of the plan, whatever they took.</param>
    public void Add(double seconds) => Done += seconds;

    /// <param name="elapsed">Since the start.</param>
    public TimeSpan After(TimeSpan elapsed) => TimeSpan.FromSeconds(Math.Max(0, planned - Done) * Slowness(elapsed));

    /// <summary>Whether more of the plan would end before a limit.</summary>
    /// <param name="seconds">Of the plan.</param>
    public bool Fits(double seconds, TimeSpan elapsed, TimeSpan limit) =>
        elapsed.TotalSeconds + (seconds * Slowness(elapsed)) <= limit.TotalSeconds;

    private double Slowness(TimeSpan elapsed) => Done < SecondsUntilKnown ? 1 : Math.Max(1, elapsed.TotalSeconds / Done);
}
