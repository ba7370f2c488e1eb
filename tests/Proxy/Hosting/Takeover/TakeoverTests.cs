using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Takeover;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;
using TlsProxy.Uring;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Tests.Hosting.Takeover;

/// <summary>The conversation of two processes, both ends of which are in this one.</summary>
public sealed class TakeoverTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private readonly SocketCalls _sockets = new();
    private readonly BlockingCollection<IReadOnlySet<IPEndPoint>> _handedOver = [];
    private readonly List<(int Descriptor, ListenAddress Address)> _listening = [];

    public TakeoverTests()
    {
        for (var i = 0; i < 2; i++)
        {
            var address = new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0), new ListenerTraits(IsTls: i == 0));
            for (var worker = 0; worker < 3; worker++)
            {
                Assert.Equal(Errno.None, _sockets.Listen(address.EndPoint, new ListenOptions(), out var descriptor, out var bound));
                address = address with { EndPoint = bound };
                _listening.Add((descriptor, address));
            }
        }
    }

    public void Dispose()
    {
        _listening.ForEach(socket => _sockets.Close(socket.Descriptor));
        _handedOver.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_next_process_gets_every_socket_and_tells_at_which_addresses_it_accepts()
    {
        using var server = Serve();
        using var client = TakeoverClient.TryConnect(PathOfSocket)!;
        using var inherited = client.Receive();
        var asked = _listening[0].Address with { EndPoint = new IPEndPoint(IPAddress.Loopback, 0) };

        var taken = inherited.Take(ref asked);

        Assert.Equal(3, taken.Count);
        Assert.Equal(_listening[0].Address, asked);
        Assert.All(taken, descriptor => Assert.Equal(asked.EndPoint, SocketCalls.ListeningAddress(descriptor)));
        Assert.Null(client.Confirm(inherited.Taken));
        Assert.Equal([asked.EndPoint], HandedOver());
        TakeoverChannel.Close(taken);
    }

    [Fact]
    public void The_path_is_the_next_process_s_once_the_sockets_are()
    {
        var server = Serve();
        using var client = TakeoverClient.TryConnect(PathOfSocket)!;
        using var inherited = client.Receive();
        client.Confirm([]);
        HandedOver();
        using var next = TakeoverSocket.Listen(PathOfSocket, tookOver: true);

        server.Dispose();

        Assert.True(File.Exists(PathOfSocket));
    }

    [Fact]
    public void The_path_stays_where_another_process_has_put_its_socket_there()
    {
        var server = Serve();
        using var other = TakeoverSocket.Listen(PathOfSocket, tookOver: true);

        server.Dispose();

        using var client = TakeoverSocket.TryConnect(PathOfSocket);
        Assert.NotNull(client);
    }

    [Fact]
    public void The_path_goes_with_a_process_that_was_not_taken_over()
    {
        Serve().Dispose();

        Assert.False(File.Exists(PathOfSocket));
        Assert.Null(TakeoverClient.TryConnect(PathOfSocket));
    }

    [Theory]
    [InlineData("tlsproxy takeover 2")]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1")]
    public void A_process_that_speaks_otherwise_gets_nothing(string greeting)
    {
        using var server = Serve();
        using (var peer = TakeoverSocket.TryConnect(PathOfSocket)!)
        {
            if (greeting.Length > 0)
                peer.Send(Encoding.ASCII.GetBytes(greeting));
            else
                peer.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, peer.Receive(new byte[100]));
        }

        AssertServes();
    }

    [Theory]
    [InlineData("ready nowhere")]
    [InlineData("steady")]
    [InlineData(null)]
    public void A_process_that_does_not_get_to_accept_leaves_the_other_as_it_was(string? last)
    {
        using var server = Serve();
        using (var peer = TakeoverSocket.TryConnect(PathOfSocket)!)
        {
            peer.Send(Encoding.ASCII.GetBytes(TakeoverChannel.Greeting));
            peer.Receive(new byte[100]);
            if (last is not null)
                peer.Send(Encoding.ASCII.GetBytes(last));
        }

        AssertServes();
    }

    [Fact]
    public void A_process_that_says_nothing_more_is_left_when_its_time_is_up()
    {
        using var server = Serve(patience: TimeSpan.FromMilliseconds(20));
        using var silent = TakeoverSocket.TryConnect(PathOfSocket)!;
        silent.Send(Encoding.ASCII.GetBytes(TakeoverChannel.Greeting));

        AssertServes();
    }

    [Theory]
    [InlineData("tlsproxy takeover 2", "said 'tlsproxy takeover 2' in place of 'tlsproxy takeover 1'")]
    [InlineData(null, "has ended the conversation")]
    public async Task A_process_that_can_not_be_understood_ends_the_start(string? greeting, string reason)
    {
        using var listener = TakeoverSocket.Listen(PathOfSocket);
        var client = Task.Run(() => TakeoverClient.TryConnect(PathOfSocket)!.Receive(), TestContext.Current.CancellationToken);
        using (var peer = await listener.AcceptAsync(TestContext.Current.CancellationToken))
        {
            // Closed with something unread, it would be a reset.
            await peer.ReceiveAsync(new byte[100], TestContext.Current.CancellationToken);
            if (greeting is not null)
                await peer.SendAsync(Encoding.ASCII.GetBytes(greeting), TestContext.Current.CancellationToken);
        }

        var exception = await Assert.ThrowsAsync<StartException>(() => client);

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_crashes_after_it_gave_its_sockets_leaves_them_to_the_next()
    {
        using var listener = TakeoverSocket.Listen(PathOfSocket);
        var client = Task.Run(() => TakeoverClient.TryConnect(PathOfSocket)!, TestContext.Current.CancellationToken);
        var peer = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        peer.Send(Encoding.ASCII.GetBytes(TakeoverChannel.Greeting));
        DescriptorPassing.Send(peer, "sockets --listen https"u8, [_listening[0].Descriptor]);
        peer.Send(Encoding.ASCII.GetBytes(TakeoverChannel.End));
        using var next = await client;
        using var inherited = next.Receive();
        var address = _listening[0].Address;

        peer.Dispose();

        var taken = inherited.Take(ref address);
        Assert.Single(taken);
        Assert.NotNull(next.Confirm(inherited.Taken));
        Assert.False(next.WaitForEnd());
        TakeoverChannel.Close(taken);
    }

    private string PathOfSocket => _folder["takeover.sock"];

    private TakeoverServer Serve(TimeSpan? patience = null) =>
        new(PathOfSocket, Duplicate, addresses => _handedOver.Add(addresses), FaultLedger.Passing, NullLogger.Instance, patience);

    private List<(int Descriptor, ListenAddress Address)> Duplicate() => _listening.ConvertAll(socket =>
    {
        Assert.Equal(Errno.None, SocketCalls.Duplicate(socket.Descriptor, out var duplicate));
        return (duplicate, socket.Address);
    });

    private IReadOnlySet<IPEndPoint> HandedOver()
    {
        Assert.True(_handedOver.TryTake(out var addresses, Patience));
        return addresses;
    }

    /// <summary>Nothing was handed over, and the next process that asks in order gets the sockets.</summary>
    private void AssertServes()
    {
        using var client = TakeoverClient.TryConnect(PathOfSocket)!;
        using var inherited = client.Receive();
        Assert.Empty(_handedOver);
        Assert.Null(client.Confirm([]));
        Assert.Empty(HandedOver());
    }
}
