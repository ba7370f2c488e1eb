using System.Net;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Workers;

/// <summary>Listening sockets of the process that served before, by address. An address has as many as that process had workers.</summary>
internal sealed class InheritedSockets : IDisposable
{
    private readonly List<Group> _groups = [];

    /// <summary>None: the process begins with sockets of its own.</summary>
    public static InheritedSockets None { get; } = new();

    /// <summary>The addresses whose sockets were taken.</summary>
    public IEnumerable<IPEndPoint> Taken => _groups.Where(group => group.IsTaken).Select(group => group.EndPoint);

    /// <summary>Adds a socket; it is closed by whoever takes it, or with this object.</summary>
    public void Add(string option, string scheme, IPEndPoint endPoint, int descriptor)
    {
        var group = _groups.Find(group => group.EndPoint.Equals(endPoint));
        if (group is null)
            _groups.Add(group = new Group(option, scheme, endPoint));
        group.Descriptors.Add(descriptor);
    }

    /// <summary>Takes the sockets of an address. One without a port gets those of the same option, scheme and IP address.</summary>
    /// <param name="address">Gets the port of the sockets.</param>
    /// <returns>None where the process before didn't listen there.</returns>
    public IReadOnlyList<int> Take(ref ListenAddress address)
    {
        var wanted = address;
        var group = _groups.Find(group => !group.IsTaken && group.Fits(wanted));
        if (group is null)
            return [];
        group.IsTaken = true;
        address = address with { EndPoint = group.EndPoint };
        return group.Descriptors;
    }

    /// <summary>Closes what wasn't taken. The process before still has those sockets, with the connections that wait on them.</summary>
    public void Dispose()
    {
        var sockets = new SocketCalls();
        foreach (var descriptor in _groups.Where(group => !group.IsTaken).SelectMany(group => group.Descriptors))
            _ = sockets.Close(descriptor);
        _groups.RemoveAll(group => !group.IsTaken);
    }

    private sealed record Group(string Option, string Scheme, IPEndPoint EndPoint)
    {
        public List<int> Descriptors { get; } = [];

        public bool IsTaken { get; set; }

        public bool Fits(ListenAddress wanted) => EndPoint.Equals(wanted.EndPoint)
            || (wanted.EndPoint.Port == 0 && EndPoint.Address.Equals(wanted.EndPoint.Address)
                && (Option, Scheme) == (wanted.Option, wanted.Traits.Scheme));
    }
}
