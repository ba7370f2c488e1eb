using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Socket calls that are points of a plan.</summary>
internal sealed class FaultingSockets(ISocketCalls kernel, FaultPlan plan) : ISocketCalls
{
    public ConcurrentDictionary<int, bool> Open { get; } = new();

    public ConcurrentQueue<int> WronglyClosed { get; } = new();

    public Errno SetOption(int descriptor, int level, int option, ReadOnlySpan<byte> value)
    {
        plan.Pass("setsockopt");
        return plan.Takes(FaultKind.NoBuffers, "setsockopt") ? Errno.ENOBUFS : kernel.SetOption(descriptor, level, option, value);
    }

    public Errno GetOption(int descriptor, int level, int option, Span<byte> value, out int length)
    {
        plan.Pass("getsockopt");
        return kernel.GetOption(descriptor, level, option, value, out length);
    }

    public Errno ShutdownSend(int descriptor)
    {
        plan.Pass("shutdown");
        return plan.Takes(FaultKind.NoBuffers, "shutdown") ? Errno.ENOBUFS : kernel.ShutdownSend(descriptor);
    }

    public Errno Reset(int descriptor)
    {
        plan.Pass("reset");
        return plan.Takes(FaultKind.NoBuffers, "reset") ? Errno.ENOBUFS : kernel.Reset(descriptor);
    }

    public bool HasInput(int descriptor)
    {
        plan.Pass("ioctl");
        return kernel.HasInput(descriptor);
    }

    public int PeerAddress(int descriptor, Span<byte> text)
    {
        plan.Pass("getpeername");
        return kernel.PeerAddress(descriptor, text);
    }

    public Errno Listen(IPEndPoint endPoint, ListenOptions options, out int descriptor, out IPEndPoint bound) =>
        kernel.Listen(endPoint, options, out descriptor, out bound);

    public Errno Accept(int listener, out int descriptor)
    {
        descriptor = -1;
        return ErrorOf("accept") is not Errno.None and var refused ? refused : Keep(kernel.Accept(listener, out descriptor), descriptor);
    }

    public Errno OpenTcp(AddressFamily family, out int descriptor)
    {
        descriptor = -1;
        return ErrorOf("socket") is not Errno.None and var refused ? refused : Keep(kernel.OpenTcp(family, out descriptor), descriptor);
    }

    public Errno OpenUnix(out int descriptor)
    {
        descriptor = -1;
        return ErrorOf("socket") is not Errno.None and var refused ? refused : Keep(kernel.OpenUnix(out descriptor), descriptor);
    }

    public Errno Close(int descriptor)
    {
        plan.Pass("close");
        OnClose(descriptor);
        return kernel.Close(descriptor);
    }

    public void OnClose(int descriptor)
    {
        if (!Open.TryRemove(descriptor, out _))
            WronglyClosed.Enqueue(descriptor);
    }

    /// <summary>A call that makes a descriptor: the plan throws here, or says what the kernel answers.</summary>
    private Errno ErrorOf(string call)
    {
        plan.Pass(call);
        if (plan.Takes(FaultKind.NoDescriptors, call))
            return Errno.EMFILE;
        return plan.Takes(FaultKind.NoBuffers, call) ? Errno.ENOBUFS : Errno.None;
    }

    private Errno Keep(Errno error, int descriptor)
    {
        if (error == Errno.None)
            Open.TryAdd(descriptor, true);
        return error;
    }
}
