using System.Net;
using Microsoft.Extensions.Logging;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Hosting.Takeover;

/// <summary>Gives further descriptors of listening sockets; the caller closes them.</summary>
internal delegate IReadOnlyList<(int Descriptor, ListenAddress Address)> SocketSource();

/// <summary>What a process has to do with the one before it and the one after it.</summary>
internal sealed class ProcessHandover : IDisposable
{
    private readonly TakeoverOptions _options;
    private readonly Action _stop;
    private readonly FaultLedger _faults;
    private readonly ILogger _logger;
    private TakeoverClient? _running;
    private TakeoverServer? _server;

    // Written by the server's thread before it asks for the stop, read by the thread of the stop.
    private IReadOnlySet<IPEndPoint>? _handedOver;

    /// <param name="stop">Asks the host to end; what drains is asked by the host.</param>
    public ProcessHandover(TakeoverOptions options, Action stop, FaultLedger faults, ILogger logger)
    {
        _faults = faults;
        _options = options;
        _stop = stop;
        _logger = logger;
    }

    /// <summary>Addresses that another process accepts at from now on; null where none took over.</summary>
    public IReadOnlySet<IPEndPoint>? HandedOver => Volatile.Read(ref _handedOver);

    /// <summary>Gets the sockets of the process that is to be taken over.</summary>
    /// <returns>None where no process is to be taken over, none is there, or it ends meanwhile: then this is a start.</returns>
    /// <exception cref="StartException">The process runs, but doesn't give them.</exception>
    public InheritedSockets Inherit()
    {
        if (!_options.IsAsked)
            return InheritedSockets.None;
        _running = TakeoverClient.TryConnect(_options.Path!);
        if (_running is null)
        {
            TakeoverLog.NothingThere(_logger, _options.Path!);
            return InheritedSockets.None;
        }

        try
        {
            return _running.Receive();
        }
        catch (StartException) when (_running.WaitForEnd())
        {
            TakeoverLog.Ended(_logger, _running.Process);
            _running.Dispose();
            _running = null;
            return InheritedSockets.None;
        }
    }

    /// <summary>Everything accepts: has the process before drain, and waits for the one after.</summary>
    /// <exception cref="StartException">The named socket can't be made.</exception>
    public void Begin(InheritedSockets inherited, IReadOnlyList<SocketSource> sockets)
    {
        var tookOver = _running is not null;
        if (_running is not null)
            Confirm(_running, inherited);
        if (_options.Path is null)
            return;
        try
        {
            _server = new TakeoverServer(
                _options.Path, () => [.. sockets.SelectMany(source => source())], OnHandedOver, _faults, _logger, tookOver: tookOver);
        }
        catch (StartException exception) when (tookOver || !_options.IsNamed)
        {
            // The process before drains already, or nobody has asked for takeovers: it isn't worth the service.
            TakeoverLog.Unavailable(_logger, exception.Message);
        }
    }

    /// <summary>Answers no process any more. To be called before the listening sockets are closed: afterwards another process may have
    /// the path.</summary>
    public void Dispose()
    {
        _running?.Dispose();
        _running = null;
        _server?.Dispose();
        _server = null;
    }

    private void Confirm(TakeoverClient running, InheritedSockets inherited)
    {
        if (running.Confirm(inherited.Taken) is { } doubt)
            TakeoverLog.TookOverAlone(_logger, running.Process, doubt);
        else
            TakeoverLog.TookOver(_logger, running.Process);
        running.Dispose();
        _running = null;
    }

    private void OnHandedOver(IReadOnlySet<IPEndPoint> addresses)
    {
        Volatile.Write(ref _handedOver, addresses);
        _stop();
    }
}
