using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;
using static TlsProxy.Uring.Interop.TlsConstants;

namespace TlsProxy.Uring.Epoll;

/// <summary>The kernel's sockets, where the back end has to know what was done to a descriptor: that it was closed, or that the kernel
/// makes or opens its TLS records (Documentation/networking/tls.rst).</summary>
internal sealed class EpollSockets(DescriptorTable descriptors, CompletionQueue completions) : ISocketCalls
{
    private readonly SocketCalls _kernel = new();

    public Errno SetOption(int descriptor, int level, int option, ReadOnlySpan<byte> value)
    {
        var error = _kernel.SetOption(descriptor, level, option, value);
        if (error == Errno.None && level == SOL_TLS)
            NoteRecords(descriptors.Of(descriptor), option);
        return error;
    }

    public Errno GetOption(int descriptor, int level, int option, Span<byte> value, out int length) =>
        _kernel.GetOption(descriptor, level, option, value, out length);

    public Errno ShutdownSend(int descriptor) => _kernel.ShutdownSend(descriptor);

    public Errno Reset(int descriptor) => _kernel.Reset(descriptor);

    public bool HasInput(int descriptor) => _kernel.HasInput(descriptor);

    public int PeerAddress(int descriptor, Span<byte> text) => _kernel.PeerAddress(descriptor, text);

    public Errno Listen(IPEndPoint endPoint, ListenOptions options, out int descriptor, out IPEndPoint bound) =>
        _kernel.Listen(endPoint, options, out descriptor, out bound);

    public Errno Accept(int listener, out int descriptor) => _kernel.Accept(listener, out descriptor);

    public Errno OpenTcp(AddressFamily family, out int descriptor) => _kernel.OpenTcp(family, out descriptor);

    public Errno OpenUnix(out int descriptor) => _kernel.OpenUnix(out descriptor);

    public Errno Close(int descriptor)
    {
        if (descriptors.Find(descriptor) is { } state)
        {
            state.EndOperations(completions, Errno.ECANCELED);
            descriptors.Forget(state);
        }

        return _kernel.Close(descriptor);
    }

    private static void NoteRecords(DescriptorState state, int direction)
    {
        if (direction == TLS_TX)
        {
            state.ShortSendsTell = false;
            state.MaySend = true;
        }
        else if (direction == TLS_RX)
        {
            // What is readable is judged anew: by records, no longer by bytes.
            state.ShortReceivesTell = false;
            state.MayReceive = true;
        }
    }
}
