using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The thread for what nobody waits for: reloads, looks at files, housekeeping. It keeps them from the threads that clients wait
/// for. However often a job is requested while it is done, it is done once more.</summary>
internal sealed class UpkeepThread : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FaultLedger _faults;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _requested = new(false);

    // Guarded by the gate.
    private readonly Queue<UpkeepJob> _jobs = new();
    private bool _ending;

    /// <param name="faults">Where what jobs throw is counted; the next request does the job again.</param>
    public UpkeepThread(FaultLedger faults)
    {
        _faults = faults;
        _thread = new Thread(Run) { Name = "upkeep", IsBackground = true };
        _thread.Start();
    }

    /// <param name="place">What it is called where its faults are counted.</param>
    public UpkeepJob Add(string place, Action work) => new(this, place, work);

    public void Request(UpkeepJob job)
    {
        lock (_gate)
        {
            if (job.IsRequested || _ending)
                return;
            job.IsRequested = true;
            _jobs.Enqueue(job);
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

    private void Run()
    {
        while (_requested.WaitOne())
        {
            while (TryTake(out var job))
                _faults.Run(job.Place, job, static job => job.Work());
            lock (_gate)
            {
                if (_ending)
                    return;
            }
        }
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
