using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>The connection of a request whose origin has switched protocols, from its 101 to the close. It holds memory only while bytes
/// are on their way. Loop's thread only.</summary>
/// <param name="early">Bytes that came behind the 101, whose reference passes over; null for none.</param>
/// <param name="earlyBytes">How many they are.</param>
internal sealed class OriginTunnel(OriginConnection connection, SegmentPool memory, Segment? early, int earlyBytes)
    : IOriginTunnel, IConnectionUser
{
    // A receive that fills a buffer of the loop's says that more waits: the next one takes more at once.
    private const int ManyBytes = 4096;
    private const int RoomBytes = 64 * 1024;

    private readonly TunnelBytes _toOrigin = new(memory);
    private Segment? _early = early;
    private Segment? _room;
    private ITunnelUser? _user;
    private bool _isBusy;
    private bool _isSending;
    private bool _endsSend;

    // The origin takes nothing any more; what it had sent before is still received.
    private bool _isDeaf;
    private bool _hasEnded;

    // The connection ends, or has ended: calls that come late do nothing.
    private bool _isOver;

    public int HeldBytes => _toOrigin.Length;

    public Action? OnEnded { get; set; }

    public void Begin(ITunnelUser user)
    {
        if (_isOver)
            user.OnOriginFailed();
        else
            _user = user;
    }

    public bool TrySend(ReadOnlySpan<byte> bytes)
    {
        if (_isDeaf || _isOver)
            return true;
        if (!_toOrigin.TryAdd(bytes))
            return false;
        if (!_isSending)
            Send();
        return true;
    }

    public void EndSend()
    {
        _endsSend = true;
        if (!_isSending && !_isOver)
            connection.EndSend();
    }

    public void Receive()
    {
        if (_isOver)
            return;
        if (_early is { } segment)
        {
            _early = null;
            _user?.OnOriginBytes(segment, earlyBytes);
        }
        // Memory isn't held while nothing comes.
        else if (_isBusy && connection.HasInput && (_room = memory.TryRent(RoomBytes)) is { } room)
        {
            connection.ReceiveInto(room.Memory.Slice(0, RoomBytes));
        }
        else
        {
            connection.Receive();
        }
    }

    public void Close()
    {
        Leave();
        // Where bytes for it are lost, what it has isn't the whole.
        if (_isDeaf || HeldBytes > 0)
            connection.Reset();
        else
            connection.Close();
    }

    public void Reset()
    {
        Leave();
        connection.Reset();
    }

    public void Bury()
    {
        Leave();
        connection.OnFault();
    }

    public void OnReceived(in TransportResult result)
    {
        if (result.IsTransient)
        {
            GiveRoomBack();
            Receive();
            return;
        }

        _isBusy = result.Count >= ManyBytes;
        if (result.Count > 0)
        {
            Give(result);
            return;
        }

        GiveRoomBack();
        _hasEnded = true;
        if (result.Succeeded)
            _user?.OnOriginEnded();
        else
            _user?.OnOriginFailed();
    }

    public void OnSent(in TransportResult result)
    {
        _isSending = false;
        if (!result.Succeeded && !result.IsTransient)
        {
            OnSendFailed();
            return;
        }

        _toOrigin.Consume(result.Count);
        if (_toOrigin.Length > 0)
            Send();
        else if (_endsSend)
            connection.EndSend();
        _user?.OnOriginTook();
    }

    public void OnClosed()
    {
        ReleaseMemory();
        TellEnd();
    }

    public void OnFault()
    {
        TellEnd();
        var user = _user;
        Leave();
        user?.OnFault();
    }

    public void ReleaseMemory()
    {
        _toOrigin.Release();
        GiveRoomBack();
        _early?.Release();
        _early = null;
    }

    private void Leave()
    {
        _isOver = true;
        _user = null;
    }

    private void Send()
    {
        _isSending = true;
        connection.Send(_toOrigin.First);
    }

    private void OnSendFailed()
    {
        _isDeaf = true;
        _toOrigin.Release();
        if (_hasEnded)
            _user?.OnOriginLeft();
        else
            _user?.OnOriginTook();
    }

    private void Give(in TransportResult result)
    {
        var segment = _room;
        _room = null;
        if (segment is null && (segment = memory.TryRent(result.Count)) is not null)
            result.Received.CopyTo(segment.Memory.Span);
        if (segment is null)
            _user?.OnOriginFailed();
        else if (_user is { } user)
            user.OnOriginBytes(segment, result.Count);
        else
            segment.Release();
    }

    private void GiveRoomBack()
    {
        _room?.Release();
        _room = null;
    }

    private void TellEnd()
    {
        var told = OnEnded;
        OnEnded = null;
        told?.Invoke();
    }
}
