using System.Runtime.InteropServices;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Hosting;

/// <summary>SIGHUP, which would end the process without a handler. The handler's thread is the runtime's, where an exception would end it
/// too.</summary>
internal sealed class HangUpSignal : IDisposable
{
    private const string Place = "SIGHUP";

    private readonly FaultLedger _faults;
    private readonly Action _handler;
    private readonly PosixSignalRegistration _registration;

    /// <param name="handler">Called for each signal, on a thread of the runtime's. It may not block.</param>
    public HangUpSignal(FaultLedger faults, Action handler)
    {
        _faults = faults;
        _handler = handler;
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
    }

    public void Dispose() => _registration.Dispose();

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _faults.Run(Place, _handler, static handler => handler());
    }
}
