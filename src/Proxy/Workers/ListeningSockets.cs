using TlsProxy.Proxy.Connections;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Workers;

/// <summary>The listening sockets of all workers: one for each worker and address, or those inherited from the process before.</summary>
internal sealed class ListeningSockets
{
    private readonly SocketCalls _sockets = new();
    private readonly ListenOptions _options;
    private readonly InheritedSockets _inherited;
    private readonly List<(int Descriptor, ListenAddress Address)> _open = [];

    public ListeningSockets(ListenOptions options, InheritedSockets inherited)
    {
        _options = options;
        _inherited = inherited;
    }

    /// <summary>Every socket with its address, whichever worker accepts on it.</summary>
    public IReadOnlyList<(int Descriptor, ListenAddress Address)> Open => _open;

    /// <summary>Opens the sockets of an address.</summary>
    /// <param name="address">Gets the port the kernel chose.</param>
    /// <param name="shares">Each worker's sockets. Each inherited socket becomes one worker's, so that none is left with connections in its
    /// backlog that nobody accepts: several where the process before had more workers. Where it had fewer, the others get new ones.</param>
    /// <exception cref="StartException">The address can't be listened on, or another process listens there.</exception>
    public void Add(ref ListenAddress address, IReadOnlyList<List<(int Descriptor, ListenerTraits Traits)>> shares)
    {
        var inherited = _inherited.Take(ref address);
        if (inherited.Count == 0 && address.EndPoint.Port != 0)
            RefuseHeld(address);
        for (var i = 0; i < Math.Max(inherited.Count, shares.Count); i++)
        {
            var descriptor = i < inherited.Count ? inherited[i] : Listen(ref address);
            _open.Add((descriptor, address));
            shares[i % shares.Count].Add((descriptor, address.Traits));
        }
    }

    /// <summary>Refuses an address that another socket listens on. SO_REUSEPORT would share it, silently.</summary>
    private void RefuseHeld(ListenAddress address)
    {
        var error = _sockets.Probe(address.EndPoint, _options);
        if (error != Errno.None)
            throw Refusal(address, error);
    }

    private int Listen(ref ListenAddress address)
    {
        var error = _sockets.Listen(address.EndPoint, _options, out var descriptor, out var bound);
        if (error != Errno.None)
            throw Refusal(address, error);
        address = address with { EndPoint = bound };
        return descriptor;
    }

    private static StartException Refusal(ListenAddress address, Errno error) => error == Errno.EADDRINUSE
        ? new StartException(
            $"{address.Option} {address}: {PortHolder.Find(address.EndPoint) ?? "another process"} listens there; end it, choose another "
            + "address, or take the sockets of a running tlsproxy over with --takeover.")
        : new StartException(
            $"{address.Option} {address}: the address can't be listened on ({error}); {Advice(error)}.", LacksDescriptors(error));

    private static bool LacksDescriptors(Errno error) => error is Errno.EMFILE or Errno.ENFILE;

    private static string Advice(Errno error) => error switch
    {
        Errno.EACCES => "ports below 1024 need the capability CAP_NET_BIND_SERVICE",
        Errno.EADDRNOTAVAIL => "this machine doesn't have the address",
        _ when LacksDescriptors(error) => "raise the limit of open files (ulimit -n)",
        _ => "check the address",
    };
}
