using TlsProxy.Handshake.Certificates;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Hosting.Certificates;

/// <summary>Reloads on request, by signal or over the admin address: each on the upkeep thread, one for all requests that came before it
/// began.</summary>
internal sealed class CertificateReloads
{
    /// <summary>Requests that wait for an answer at a time. Each holds a connection of an operator's, and a file system that hangs must
    /// leave some for the statistics.</summary>
    public const int WaitingMaximum = DescriptorBudget.Admin - 2;

    private const string Place = "a reload";

    private readonly CertificateRotation _rotation;
    private readonly FaultLedger _faults;
    private readonly UpkeepJob _job;

    // Guards the three below, which the threads of requests fill and the upkeep thread empties. No callback is called under it.
    private readonly Lock _gate = new();

    // The lists are replaced as a whole when a reload begins. The count has those that wait for it too.
    private List<string> _causes = [];
    private List<Action<CertificateReload?>> _waiting = [];
    private int _waitingCount;

    public CertificateReloads(CertificateRotation rotation, UpkeepThread upkeep, FaultLedger faults)
    {
        _rotation = rotation;
        _faults = faults;
        _job = upkeep.Add(Place, Reload);
    }

    public CertificateRotation Rotation => _rotation;

    /// <summary>Has all files read again, from the beginning after this call. Doesn't wait.</summary>
    /// <param name="cause">For the log.</param>
    /// <param name="onEnded">Called on the upkeep thread with what came of it; with null when it has thrown.</param>
    /// <returns>False when too many wait already; nothing is requested then.</returns>
    public bool TryRequest(string cause, Action<CertificateReload?>? onEnded = null)
    {
        lock (_gate)
        {
            if (onEnded is not null)
            {
                if (_waitingCount == WaitingMaximum)
                    return false;
                _waitingCount++;
                _waiting.Add(onEnded);
            }

            if (!_causes.Contains(cause))
                _causes.Add(cause);
        }

        _job.Request();
        return true;
    }

    private void Reload()
    {
        List<string> causes;
        List<Action<CertificateReload?>> waiting;
        lock (_gate)
        {
            (causes, _causes) = (_causes, []);
            (waiting, _waiting) = (_waiting, []);
        }

        // The reload before has begun after the request and answered it.
        if (causes.Count == 0)
            return;
        CertificateReload? reload = null;
        try
        {
            reload = _rotation.Reload(string.Join(" and ", causes));
        }
        finally
        {
            lock (_gate)
                _waitingCount -= waiting.Count;
            foreach (var onEnded in waiting)
                _faults.Attempt(Place, (onEnded, reload), static told => told.onEnded(told.reload));
        }
    }
}
