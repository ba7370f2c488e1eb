namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>Turns the loops of a schedule's workers, also while the proxy is amid something that other threads may come in
/// between.</summary>
internal sealed class SeededTurns(Random random, SeededOrigin origin, IReadOnlyList<SeededWorker> workers)
{
    private SeededWorker? _turning;
    private bool _isBetweenLooks;
    private bool _isWithinAnswer;

    /// <summary>Turns while an answer's bytes were handed on.</summary>
    public int Interrupted { get; private set; }

    /// <summary>Turns while another worker had built a request that nobody knew of yet.</summary>
    public int BetweenLooks { get; private set; }

    public void Turn(SeededWorker worker)
    {
        var outer = _turning;
        _turning = worker;
        try
        {
            worker.Loop.Turn();
        }
        finally
        {
            _turning = outer;
        }
    }

    /// <summary>A worker may be faster than the origin's thread that wakes it: its turn comes before that thread goes on.</summary>
    public void Interrupt(SeededWorker worker)
    {
        if (!origin.HandsOn || worker == _turning || random.Next(2) == 0)
            return;
        origin.HandsOn = false;
        _isWithinAnswer = true;
        Turn(worker);
        _isWithinAnswer = false;
        origin.HandsOn = true;
        Interrupted++;
    }

    /// <summary>Another worker may ask for the same between the two looks for a fetch, and the origin may answer it.</summary>
    public void ComeBetweenLooks()
    {
        if (_isBetweenLooks || _turning is null || workers.Count == 1 || random.Next(2) == 0)
            return;
        _isBetweenLooks = true;
        try
        {
            for (var turns = random.Next(1, 4); turns > 0; turns--)
            {
                var other = workers[random.Next(workers.Count)];
                if (other != _turning)
                    Turn(other);
                if (!_isWithinAnswer)
                    origin.Step();
            }
        }
        finally
        {
            _isBetweenLooks = false;
        }

        BetweenLooks++;
    }
}
