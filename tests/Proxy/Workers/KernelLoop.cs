using System.Net;
using TlsProxy.Uring;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Tests.Workers;

/// <summary>Loops and listening sockets of the kernel's.</summary>
internal static class KernelLoop
{
    /// <summary>A loop over a back end; the test is skipped where the kernel forbids that.</summary>
    /// <param name="kind">The back end's name.</param>
    public static EventLoop Of(string kind)
    {
        var request = new BackendRequest { Kind = Enum.GetValues<BackendKind>().Single(known => BackendChoice.NameOf(known) == kind) };
        var backend = BackendChoice.Make(request, out var failure)?.TryCreate(out failure);
        Assert.SkipWhen(backend is null && failure!.IsRefusal, $"{kind} is forbidden here");
        Assert.NotNull(backend);
        return new EventLoop(backend);
    }

    /// <summary>Listens on a free port of 127.0.0.1.</summary>
    /// <returns>The descriptor.</returns>
    public static int Listen(ListenOptions options, out IPEndPoint address)
    {
        var error = new SocketCalls().Listen(new IPEndPoint(IPAddress.Loopback, 0), options, out var listener, out address);
        Assert.Equal(Errno.None, error);
        return listener;
    }
}
