using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Processes;
using TlsProxy.Uring.Sockets;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Proxy.Upstream.Ring.Connecting;

/// <summary>One connect to one address. It owns the descriptor until the dial takes that, and the memory of the address until the connect
/// has completed.</summary>
internal sealed class DialAttempt : ICompletionHandler
{
    private static readonly byte[] s_on = [1, 0, 0, 0];

    private readonly EventLoop _loop;
    private readonly Operation _connect;

    // Null once the dial has gone on without this attempt.
    private Dial? _dial;
    private Segment? _memory;
    private OpeningSockets? _opening;
    private int _descriptor = -1;

    public DialAttempt(EventLoop loop, Dial dial, EndPoint address)
    {
        _loop = loop;
        _dial = dial;
        _connect = new Operation(this);
        Address = address;
    }

    public EndPoint Address { get; }

    /// <summary>Opens a socket and submits the connect.</summary>
    /// <returns>None where the connect is pending; else nothing is, and <see cref="Release"/> gives back what was opened.</returns>
    public Errno Begin(DialOptions options)
    {
        _memory = options.Pool.TryRent(UnixSocketAddress.MaximumLength);
        if (_memory is null)
            return Errno.ENOMEM;
        var error = options.Spare is null ? Open() : Open(options.Spare);
        if (error == Errno.None && Address is IPEndPoint)
            error = _loop.Sockets.SetOption(_descriptor, IPPROTO_TCP, TCP_NODELAY, s_on);
        if (error != Errno.None)
            return error;
        var length = Address is UnixDomainSocketEndPoint path
            ? UnixSocketAddress.Write(path, _memory.Memory.Span)
            : SocketAddressText.Write((IPEndPoint)Address, _memory.Memory.Span);
        _loop.Connect(_connect, _descriptor, _memory.Memory.Slice(0, length));
        _opening = options.Opening;
        _opening?.Add();
        return Errno.None;
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (_dial is { } dial)
            dial.OnAttemptEnded(this, result.Error);
        else
            Release();
    }

    public void OnFault()
    {
        if (_dial is { } dial)
            dial.OnFault();
        else
            Abandon();
    }

    /// <summary>The descriptor of a connect that has succeeded; the caller's from here on.</summary>
    public int Surrender()
    {
        var descriptor = _descriptor;
        _descriptor = -1;
        Release();
        return descriptor;
    }

    /// <summary>The dial goes on without this attempt, which gives back what it has when its connect has completed.</summary>
    public void Abandon()
    {
        _dial = null;
        if (_connect.IsPending)
            _loop.Cancel(_connect);
        else
            Release();
    }

    /// <summary>Gives back what the attempt has. Nothing is pending.</summary>
    public void Release()
    {
        _memory?.Release();
        _memory = null;
        if (_descriptor >= 0)
        {
            _ = _loop.Sockets.Close(_descriptor);
            // After the call: where it is made to throw, the end of this life makes it again.
            _descriptor = -1;
        }

        // Last: who waits for the end finds nothing of it.
        var opening = _opening;
        _opening = null;
        opening?.Remove();
    }

    private Errno Open() => Address is UnixDomainSocketEndPoint
        ? _loop.Sockets.OpenUnix(out _descriptor)
        : _loop.Sockets.OpenTcp(Address.AddressFamily, out _descriptor);

    /// <summary>Opens the socket if the runtime then has descriptors enough left.</summary>
    private Errno Open(SpareDescriptors spare) =>
        spare.TryOpen(() => new Opened(Open())) is { } opened ? opened.Error : Errno.EMFILE;

    private sealed record Opened(Errno Error);
}
