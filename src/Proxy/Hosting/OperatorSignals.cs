using System.Runtime.InteropServices;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Interop;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The signals that ask a process which serves for something, or that would end it without a drain if nothing took them. SIGTERM,
/// SIGINT and SIGQUIT are the host's, and drain. The handlers' threads are the runtime's, where an exception would end the
/// process.</summary>
internal sealed class OperatorSignals : IDisposable
{
    // PosixSignal takes the kernel's numbers (signal(7), x86-64 and arm64) where it has no name.
    // SIGUSR2, SIGALRM, SIGSTKFLT, SIGXCPU, SIGXFSZ (a log at its ulimit -f), SIGVTALRM, SIGPROF, SIGIO, SIGPWR.
    // Those from 35 are the real-time signals, which init systems and container runtimes send; the first, 34, is the runtime's own.
    private static readonly int[] s_ignored = [12, 14, 16, 24, 25, 26, 27, 29, 30, .. Enumerable.Range(35, 30)];

    private readonly FaultLedger _faults;
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="onHangUp">Called for each SIGHUP on a thread of the runtime's. It may not block.</param>
    /// <param name="onReopen">Called for each SIGUSR1, which logrotate's scripts for nginx send; likewise.</param>
    public OperatorSignals(FaultLedger faults, Action onHangUp, Action onReopen)
    {
        _faults = faults;
        _registrations =
        [
            Register(PosixSignal.SIGHUP, "SIGHUP", onHangUp),
            Register((PosixSignal)SignalConstants.SIGUSR1, "SIGUSR1", onReopen),
            .. s_ignored.Select(number => PosixSignalRegistration.Create((PosixSignal)number, Cancel)),
        ];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private static void Cancel(PosixSignalContext context) => context.Cancel = true;

    private PosixSignalRegistration Register(PosixSignal signal, string place, Action handler) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            Cancel(context);
            _faults.Run(place, handler, static handler => handler());
        });
}
