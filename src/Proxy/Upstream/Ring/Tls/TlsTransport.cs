using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring.Tls;

/// <summary>Bytes in the records of a <see cref="RecordChannel"/>, made in user space or by the kernel. The channel gives what it opens at
/// once; what nobody has asked for waits here, and the channel is paused. One life, of one connection.</summary>
internal sealed class TlsTransport : IOriginTransport, IClientChannelOwner, IPosted
{
    private readonly EventLoop _loop;
    private readonly RecordChannel _channel;
    private readonly OpenedBytes _opened;
    private readonly int _descriptor;
    private ClientTickets? _tickets;
    private ITransportOwner? _owner;

    // The send under way. Refused, it has still to be told so.
    private bool _isSending;
    private int _sendBytes;
    private bool _isRefused;

    private bool _isEnding;
    private bool _isClosing;
    private bool _isReleased;
    private bool _isDown;
    private long _sentBytes;

    /// <param name="descriptor">A socket after its handshake; <see cref="Start"/> gives it to the channel.</param>
    /// <param name="tickets">Passes to the transport.</param>
    public TlsTransport(EventLoop loop, SegmentPool memory, OriginChannels channels, int descriptor, ClientTickets? tickets)
    {
        _loop = loop;
        _channel = channels.Create(this);
        _opened = new OpenedBytes(memory);
        _descriptor = descriptor;
        _tickets = tickets;
    }

    public long SentBytes => _isClosing || _opened.HasEnded ? Math.Max(_sentBytes, _channel.SentBytes) : _channel.SentBytes;

    public bool HasInput => _opened.HasUnread;

    // Requests have a length or chunks: a cut one never looks whole.
    public bool IsWithinMessage => false;

    /// <summary>Begins to receive. Whatever is thrown, the descriptor is the channel's.</summary>
    public void Start(SessionKeys keys, ReadOnlySpan<byte> leftover) => _channel.StartTls(_descriptor, this, keys, leftover);

    public void Bind(ITransportOwner owner) => _owner = owner;

    /// <summary>What lies in the socket may be a ticket, but also an end, or an answer that nobody asked for.</summary>
    public bool TryReuse()
    {
        EndTickets();
        return _opened is { IsWanted: true, HasUnread: false, HasEnded: false } && !_isEnding
            && _channel is { IsOpen: true, IsEnding: false, HasCutRecord: false } && !_loop.Sockets.HasInput(_descriptor);
    }

    public void Receive()
    {
        if (!_opened.IsWanted)
            Want(default);
    }

    public void ReceiveInto(NativeSlice memory) => Want(memory);

    public void Send(ReadOnlySpan<NativeSlice> ranges)
    {
        _isSending = true;
        _sendBytes = 0;
        foreach (var range in ranges)
            _sendBytes += range.Length;
        if (_channel.IsOpen)
        {
            _channel.Send(ranges);
            return;
        }

        // Not within a call of the owner's.
        _isRefused = true;
        _loop.Defer(this);
    }

    public void EndSend() => _channel.EndSend();

    public void Reset()
    {
        BeginClose();
        if (_isDown)
            EndLife();
        else
            _channel.Abort();
    }

    /// <summary>Where nothing is being sent that is the owner's, the close goes on without it.</summary>
    public void Close()
    {
        BeginClose();
        if (_isDown)
        {
            EndLife();
        }
        else if (_channel.IsSending)
        {
            _channel.Abort();
        }
        else
        {
            _channel.Close();
            Release();
        }
    }

    public int Surrender(AbandonedSocket heir)
    {
        _sentBytes = SentBytes;
        _isClosing = true;
        _opened.Stop();
        EndTickets();
        return _channel.Surrender(heir);
    }

    public void Discard()
    {
        _opened.Release();
        _channel.Discard();
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_isClosing)
            return;
        if (!_opened.TryTake(bytes, _owner))
        {
            _opened.End("no memory for what the origin sends");
            _channel.Abort();
            DeferUnlessClosing();
        }
        else if (_opened.HasUnread)
        {
            _channel.PauseReceive();
        }
    }

    public void OnReceiveEnded()
    {
        _opened.End(_channel.IsTruncated ? "the connection ended without close_notify" : null);
        DeferUnlessClosing();
    }

    /// <summary>The next request goes over another connection.</summary>
    public void OnEnding() => _isEnding = true;

    public void OnSilent()
    {
    }

    public void OnTicket(ReadOnlySpan<byte> message) => _tickets?.Offer(message);

    public void OnSent()
    {
        if (!_isClosing)
            TellSent(TransportResult.Of(_sendBytes));
    }

    public void OnSendFailed(Errno error)
    {
        if (!_isClosing && _isSending)
            TellSent(TransportResult.Failed(error.ToString()));
    }

    public void OnFailed(ChannelFailure failure, Errno error)
    {
        _sentBytes = SentBytes;
        _opened.End(Describe(failure, error));
        DeferUnlessClosing();
    }

    public void OnClosed()
    {
        _isDown = true;
        if (_isClosing)
            EndLife();
    }

    public void OnFault()
    {
        if (_owner is { } owner)
            owner.OnFault();
    }

    /// <summary>Tells that a send was refused, and gives what has come to the receive that was asked for since.</summary>
    public void Run()
    {
        if (!_isClosing && _isRefused)
        {
            _isRefused = false;
            TellSent(TransportResult.Failed(_opened.Failure ?? "the origin has closed the connection"));
        }

        if (_isClosing)
            return;
        _opened.GiveUnread(_owner);
        if (!_isClosing && _opened is { HasUnread: false, HasEnded: false })
            _channel.ResumeReceive();
    }

    private static string Describe(ChannelFailure failure, Errno error) => failure switch
    {
        ChannelFailure.PeerAlert => "the origin has ended it with a TLS alert",
        ChannelFailure.BadRecord => "a TLS record is malformed or not authentic",
        ChannelFailure.KeysExhausted => "the TLS keys have protected as much as they may",
        ChannelFailure.HandOverRefused => "the kernel has refused the TLS keys",
        _ => error.ToString(),
    };

    private void Want(NativeSlice memory)
    {
        if (_opened.Want(memory))
            _loop.Defer(this);
    }

    // Not within a call of the owner's.
    private void DeferUnlessClosing()
    {
        if (!_isClosing)
            _loop.Defer(this);
    }

    private void TellSent(in TransportResult result)
    {
        _isSending = false;
        _owner!.OnSent(result);
    }

    private void BeginClose()
    {
        // A send under way may have left.
        _sentBytes = SentBytes + (_isSending && !_isRefused ? 1 : 0);
        _isClosing = true;
        _opened.Stop();
        _isRefused = false;
        EndTickets();
    }

    private void EndTickets()
    {
        _tickets?.Dispose();
        _tickets = null;
    }

    private void Release()
    {
        if (_isReleased)
            return;
        _isReleased = true;
        _opened.Release();
        _owner!.OnReleased();
    }

    /// <summary>The descriptor is closed.</summary>
    private void EndLife()
    {
        try
        {
            Release();
        }
        finally
        {
            _owner!.OnClosed();
        }
    }
}
