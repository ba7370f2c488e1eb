namespace TlsProxy.Proxy.Hosting;

/// <summary>When the jobs of an <see cref="UpkeepThread"/> are due. A period's ends are multiples of it since the beginning, so that jobs
/// whose periods are multiples of each other share their wakes. Times are since the beginning. The thread's gate guards it.</summary>
internal sealed class UpkeepSchedule
{
    private readonly List<UpkeepJob> _jobs = [];

    /// <summary>Adds a job that is due at the end of each of its periods.</summary>
    public void Add(UpkeepJob job, TimeSpan now)
    {
        job.Due = NextOf(job, now);
        if (job.Due != UpkeepJob.Never)
            _jobs.Add(job);
    }

    /// <summary>Has a job due <paramref name="within"/> a time, where it isn't due earlier.</summary>
    /// <returns>Whether it is due earlier than before.</returns>
    public bool Hasten(UpkeepJob job, TimeSpan within, TimeSpan now)
    {
        var due = (now + within).Ticks;
        if (job.Due <= due)
            return false;
        if (job.Due == UpkeepJob.Never)
            _jobs.Add(job);
        job.Due = due;
        return true;
    }

    /// <summary>The time until the next job is due; null where none ever is.</summary>
    public TimeSpan? UntilNext(TimeSpan now)
    {
        var next = UpkeepJob.Never;
        foreach (var job in _jobs)
            next = Math.Min(next, job.Due);
        return next == UpkeepJob.Never ? null : TimeSpan.FromTicks(Math.Max(0, next - now.Ticks));
    }

    /// <summary>Calls <paramref name="take"/> with each job that is due, and has those with a period due at its next end.</summary>
    public void TakeDue(TimeSpan now, Action<UpkeepJob> take)
    {
        for (var i = _jobs.Count - 1; i >= 0; i--)
        {
            var job = _jobs[i];
            if (job.Due > now.Ticks)
                continue;
            job.Due = NextOf(job, now);
            if (job.Due == UpkeepJob.Never)
                _jobs.RemoveAt(i);
            take(job);
        }
    }

    private static long NextOf(UpkeepJob job, TimeSpan now) =>
        job.Period is { Ticks: var period } ? ((now.Ticks / period) + 1) * period : UpkeepJob.Never;
}
