using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What is due every few seconds and nobody waits for, step after step on the upkeep thread. A step that throws ends alone, and is
/// taken again with the others the next time.</summary>
internal sealed class Housekeeping
{
    private const string Place = "the housekeeping";

    private readonly FaultLedger _faults;
    private readonly IReadOnlyList<Action> _steps;
    private readonly UpkeepJob _job;

    /// <param name="period">How often the steps are taken unasked; null for never.</param>
    public Housekeeping(UpkeepThread upkeep, FaultLedger faults, TimeSpan? period, params IReadOnlyList<Action> steps)
    {
        _faults = faults;
        _steps = steps;
        _job = upkeep.Add(Place, Run, period);
    }

    /// <summary>Has all steps taken soon, besides what the period asks for.</summary>
    public void Request() => _job.Request();

    private void Run()
    {
        foreach (var step in _steps)
            _faults.Run(Place, step, static step => step());
    }
}
