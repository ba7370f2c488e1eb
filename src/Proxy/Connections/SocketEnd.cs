using TlsProxy.Ktls.Channel;
using TlsProxy.Uring;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Connections;

/// <summary>Ends a socket that never got a channel: with a reset, or in order, so that the bytes before it arrive.</summary>
internal sealed class SocketEnd : ICompletionHandler, IDeadlineHandler
{
    private readonly EventLoop _loop;
    private readonly ChannelOptions _options;
    private readonly Connection _connection;
    private readonly Operation _operation;
    private readonly Deadline _deadline;
    private Life _life = new();

    /// <param name="options">How long, and for how many bytes, a closed socket is read on.</param>
    public SocketEnd(EventLoop loop, ChannelOptions options, Connection connection)
    {
        _loop = loop;
        _options = options;
        _connection = connection;
        _operation = new Operation(this);
        _deadline = new Deadline(this);
    }

    /// <summary>Closes a descriptor on which nothing is pending, with a reset.</summary>
    public void Reset(int descriptor)
    {
        _life.Descriptor = descriptor;
        _life.Resets = true;
        Close();
    }

    /// <summary>Sends the end of the stream, and closes the descriptor when the peer has sent its own: bytes that came later would turn
    /// those before the end into a reset.</summary>
    public void Finish(int descriptor)
    {
        _life.Descriptor = descriptor;
        // ENOTCONN says that the peer has reset meanwhile, and sends nothing more.
        if (_loop.Sockets.ShutdownSend(descriptor) != Errno.None)
        {
            Close();
            return;
        }

        _loop.Arm(_deadline, _options.LingerTimeout);
        _loop.Receive(_operation, descriptor);
    }

    /// <summary>Ends at once and with a reset what <see cref="Finish"/> has begun, if it has.</summary>
    public void Abort()
    {
        if (!_operation.IsPending || _life.IsClosing)
            return;
        _life.Resets = true;
        _loop.Cancel(_operation);
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (_life.IsClosing)
        {
            _life = new();
            _connection.OnClosed();
            return;
        }

        _life.LingeredBytes += result.Count;
        if (_life.IsOver || (result.Count == 0 && !result.IsTransient) || _life.Resets || _life.LingeredBytes > _options.LingerBytes)
            Close();
        else
            _loop.Receive(_operation, _life.Descriptor);
    }

    public void OnDeadline(Deadline deadline)
    {
        _life.IsOver = true;
        _loop.Cancel(_operation);
    }

    public void OnFault() => _connection.OnFault();

    /// <summary>Gives what is pending away; nothing more is done.</summary>
    /// <returns>False where the descriptor is closed, or being closed.</returns>
    public bool TrySurrender(AbandonedSocket heir)
    {
        EventLoop.Disarm(_deadline);
        heir.TakeOver(_operation);
        return !_life.IsClosing;
    }

    private void Close()
    {
        EventLoop.Disarm(_deadline);
        if (_life.Resets)
            ResetOnClose.Set(_loop.Sockets, _life.Descriptor);
        _loop.Close(_operation, _life.Descriptor);
        // From here on the descriptor is the operation's, whatever happens.
        _life.IsClosing = true;
    }

    /// <summary>All that is known of one socket; replaced as a whole at its end.</summary>
    private struct Life
    {
        public Life()
        {
        }

        public int Descriptor = -1;

        /// <summary>The close is under way, or over.</summary>
        public bool IsClosing;

        /// <summary>The close sends a reset.</summary>
        public bool Resets;

        /// <summary>The time to linger has passed.</summary>
        public bool IsOver;

        /// <summary>Bytes that came after the end was sent.</summary>
        public int LingeredBytes;
    }
}
