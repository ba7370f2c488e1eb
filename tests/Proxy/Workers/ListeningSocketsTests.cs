using System.Net;
using System.Net.Sockets;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Tests.Workers;

public sealed class ListeningSocketsTests : IDisposable
{
    private readonly SocketCalls _sockets = new();
    private readonly InheritedSockets _inherited = new();
    private readonly List<int> _open = [];

    public void Dispose()
    {
        _open.ForEach(descriptor => _sockets.Close(descriptor));
        _inherited.Dispose();
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 2)]
    [InlineData(4, 1)]
    public void Every_inherited_socket_is_accepted_from_and_every_worker_accepts(int inherited, int workers)
    {
        var address = Inherit(inherited);
        var shares = Shares(workers);

        var sockets = Add(ref address, shares);

        Assert.All(shares, share => Assert.NotEmpty(share));
        var all = shares.SelectMany(share => share).Select(socket => socket.Descriptor).ToArray();
        Assert.Equal(Math.Max(inherited, workers), all.Distinct().Count());
        Assert.Equal(all.Order(), sockets.Open.Select(socket => socket.Descriptor).Order());
        Assert.All(all, descriptor => Assert.Equal(address.EndPoint, SocketCalls.ListeningAddress(descriptor)));
        Assert.Equal(inherited, all.Intersect(_open[..inherited]).Count());
        Assert.InRange(shares.Max(share => share.Count) - shares.Min(share => share.Count), 0, 1);
    }

    [Fact]
    public void A_port_that_another_socket_listens_on_is_refused_though_that_would_share_it()
    {
        Assert.Equal(Errno.None, _sockets.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), out var other, out var taken));
        _open.Add(other);
        var address = new ListenAddress(taken, new ListenerTraits(IsTls: true));

        var exception = Assert.Throws<StartException>(() => Add(ref address, Shares(1)));

        Assert.StartsWith($"--listen https://{taken}: process {Environment.ProcessId} (", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--takeover", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    public void The_holder_of_a_port_is_found_by_any_of_its_addresses(string listening, string asked)
    {
        using var socket = new Socket(IPAddress.Parse(listening).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = true;
        socket.Bind(new IPEndPoint(IPAddress.Parse(listening), 0));
        socket.Listen();
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;

        var holder = PortHolder.Find(new IPEndPoint(IPAddress.Parse(asked), port));

        Assert.StartsWith($"process {Environment.ProcessId} (", holder, StringComparison.Ordinal);
        Assert.Null(PortHolder.Find(new IPEndPoint(IPAddress.Parse("127.9.9.9"), 1)));
    }

    [Fact]
    public void Connections_of_before_keep_no_process_from_their_port()
    {
        var free = new IPEndPoint(IPAddress.Loopback, 0);
        Assert.Equal(Errno.None, _sockets.Listen(free, new ListenOptions(), out var before, out var endPoint));
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(endPoint);
        Assert.Equal(Errno.None, _sockets.Accept(before, out var connection));
        _open.Add(connection);
        _sockets.Close(before);
        var address = new ListenAddress(endPoint, new ListenerTraits(IsTls: false));

        Add(ref address, Shares(2));

        Assert.Equal(endPoint, address.EndPoint);
    }

    private static List<(int Descriptor, ListenerTraits Traits)>[] Shares(int workers) =>
        [.. Enumerable.Range(0, workers).Select(_ => new List<(int Descriptor, ListenerTraits Traits)>())];

    private ListeningSockets Add(ref ListenAddress address, List<(int Descriptor, ListenerTraits Traits)>[] shares)
    {
        var sockets = new ListeningSockets(new ListenOptions(), _inherited);
        sockets.Add(ref address, shares);
        _open.AddRange(sockets.Open.Select(socket => socket.Descriptor).Except(_open));
        return sockets;
    }

    private ListenAddress Inherit(int count)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(Errno.None, _sockets.Listen(endPoint, new ListenOptions(), out var descriptor, out endPoint));
            _open.Add(descriptor);
            _inherited.Add("--listen", "https", endPoint, descriptor);
        }

        return new ListenAddress(endPoint, new ListenerTraits(IsTls: true));
    }
}
