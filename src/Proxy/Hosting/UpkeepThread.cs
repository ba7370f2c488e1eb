using System.Diagnostics;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The thread for what nobody waits for: reloads, looks at files, housekeeping. It keeps them from the threads that clients wait
/// for. However often a job is requested while it is done, it is done once more. The thread's own wait times the jobs that
/// recur: a timer would wake a second thread and, in the runtime's pool, a third.</summary>
internal sealed class UpkeepThread : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FaultLedger _faults;
    private readonly Action? _precaution;
    private readonly Thread _thread;

    // Guards the queue, the schedule and the end, between the upkeep thread and the threads that request. Jobs run outside it. A request is
    // queued before the event is set, so that the thread finds it when it wakes.
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _requested = new(false);
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Queue<UpkeepJob> _jobs = new();
    private readonly UpkeepSchedule _schedule = new();
    private bool _ending;

    /// <param name="faults">Where what jobs throw is counted; the next request does the job again.</param>
    /// <param name="name">The thread's name.</param>
    /// <param name="precaution">Done each time before jobs are; null for nothing.</param>
    public UpkeepThread(FaultLedger faults, string name = "upkeep", Action? precaution = null)
    {
        _faults = faults;
        _precaution = precaution;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <param name="place">What it is called where its faults are counted.</param>
    /// <param name="period">How often it is done unasked; null for never.</param>
    public UpkeepJob Add(string place, Action work, TimeSpan? period = null)
    {
        var job = new UpkeepJob(this, place, work, period);
        if (period is not { } every)
            return job;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(every, TimeSpan.Zero);
        lock (_gate)
        {
            _schedule.Add(job, Now);
            _requested.Set();
        }

        return job;
    }

    public void Request(UpkeepJob job)
    {
        lock (_gate)
        {
            if (_ending)
                return;
            Enqueue(job);
            _requested.Set();
        }
    }

    public void RequestWithin(UpkeepJob job, TimeSpan time)
    {
        lock (_gate)
        {
            if (!_ending && _schedule.Hasten(job, time, Now))
                _requested.Set();
        }
    }

    /// <summary>Waits for the job under way, but not for a file system that hangs; what is requested besides isn't done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ending)
                return;
            _ending = true;
            _requested.Set();
        }

        if (_thread.Join(Patience))
            _requested.Dispose();
    }

    private TimeSpan Now => Stopwatch.GetElapsedTime(_began);

    private void Run()
    {
        while (TryWait())
        {
            if (_precaution is not null)
                _faults.Run("a precaution of the upkeep", _precaution, static precaution => precaution());
            while (TryTake(out var job))
                _faults.Run(job.Place, job, static job => job.Work());
        }
    }

    /// <summary>Waits for a request or for what is due next.</summary>
    /// <returns>False at the end.</returns>
    private bool TryWait()
    {
        int patience;
        lock (_gate)
        {
            if (_ending)
                return false;
            // Rounded up: a wait that ended before the time would be followed by short ones.
            patience = _schedule.UntilNext(Now) is { } time
                ? (int)Math.Min(int.MaxValue, Math.Ceiling(time.TotalMilliseconds))
                : Timeout.Infinite;
        }

        _requested.WaitOne(patience);
        lock (_gate)
        {
            _schedule.TakeDue(Now, Enqueue);
            return !_ending;
        }
    }

    private void Enqueue(UpkeepJob job)
    {
        if (job.IsRequested)
            return;
        job.IsRequested = true;
        _jobs.Enqueue(job);
    }

    private bool TryTake(out UpkeepJob job)
    {
        lock (_gate)
        {
            if (_ending || !_jobs.TryDequeue(out job!))
            {
                job = null!;
                return false;
            }

            // A request from here on is for another time: this one may have looked already.
            job.IsRequested = false;
            return true;
        }
    }
}
