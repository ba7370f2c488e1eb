using TlsProxy.Uring;

namespace TlsProxy.Testing.Backend;

/// <summary>A TCP connection of the fake back end. What is public is the peer's side of it; the back end is the other. Both directions are
/// of bounded size, and a reset loses what was on its way.</summary>
public sealed class FakeSocket
{
    private const int ReceiveBufferBytes = 64 * 1024;
    private const uint POLLIN = 1;
    private const uint POLLOUT = 4;
    private const uint POLLHUP = 0x10;
    private const uint POLLRDHUP = 0x2000;

    private readonly Random _random;
    private readonly int _sendBufferBytes;

    internal FakeSocket(Random random, int sendBufferBytes)
    {
        _random = random;
        _sendBufferBytes = sendBufferBytes;
    }

    /// <summary>Either side has reset the connection, or it never came to be.</summary>
    public bool IsReset { get; private set; }

    /// <summary>The peer has taken everything, and its next read is the end.</summary>
    public bool HasEnded => !IsReset && (WasShutDown || IsClosed) && Outbound.Count == 0;

    /// <summary>Our side has let the connection go.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Our side has accepted the connection.</summary>
    public bool WasAccepted { get; internal set; }

    /// <summary>Bytes on their way to the peer.</summary>
    public int Deliverable => Outbound.Count;

    /// <summary>Whether there is a peer. A socket that our side has opened has none before its connect.</summary>
    public bool IsConnected { get; internal set; } = true;

    /// <summary>Bytes that our side hasn't read.</summary>
    public int Unread => Inbound.Count;

    /// <summary>Bytes on their way to our side.</summary>
    internal BytePipe Inbound { get; } = new();

    internal BytePipe Outbound { get; } = new();

    /// <summary>The peer sends no more.</summary>
    internal bool PeerEnded { get; private set; }

    internal bool WasShutDown { get; private set; }

    internal bool ResetsOnClose { get; set; }

    /// <summary>An error the next send is answered with (SO_ERROR).</summary>
    internal Errno Error { get; set; }

    internal FakeKernelTls? Tls { get; set; }

    /// <summary>Bytes taken without a copy that aren't on their way yet.</summary>
    internal int Promised { get; set; }

    internal int Room => Math.Max(0, _sendBufferBytes - Outbound.Count - Promised);

    /// <param name="isControl">A record that isn't data: it is taken even while data of before is held back.</param>
    internal bool CanSend(bool isControl) => IsReset || Error != Errno.None || (Room > 0 && (isControl || Tls is not { HoldsBack: true }));

    internal bool CanReceive => IsReset || PeerEnded || (Tls is { Receives: true } tls ? tls.CanReceive(this) : Inbound.Count > 0);

    /// <summary>Events of poll(2) that are there.</summary>
    internal uint Events =>
        !IsConnected ? POLLOUT | POLLHUP : (CanReceive ? POLLIN : 0) | (IsReset || Room >= (_sendBufferBytes + 2) / 3 ? POLLOUT : 0)
        | (IsReset ? POLLHUP | POLLRDHUP : 0) | (PeerEnded ? POLLRDHUP : 0);

    /// <summary>Sends to our side.</summary>
    /// <returns>Bytes taken: fewer than given while our side doesn't read.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        if (PeerEnded)
            throw new InvalidOperationException("The peer has ended already.");
        if (IsClosed)
            Break();
        if (IsReset)
            return bytes.Length;
        var count = Math.Clamp(ReceiveBufferBytes - Inbound.Count, 0, bytes.Length);
        Inbound.Write(bytes[..count]);
        return count;
    }

    /// <summary>Sends no more.</summary>
    public void End() => PeerEnded = true;

    /// <summary>Resets the connection from the peer's side.</summary>
    public void Reset()
    {
        if (IsReset)
            return;
        IsReset = true;
        Outbound.Truncate(0);
        Tls?.Drop();
        if (_random.Next(2) == 0)
            Inbound.Truncate(0);
    }

    /// <summary>Takes what has come.</summary>
    public int Take(Span<byte> destination) => Outbound.Read(destination);

    internal Errno ShutDown()
    {
        if (IsReset || !IsConnected)
            return Errno.ENOTCONN;
        WasShutDown = true;
        Tls?.Push(this);
        Tls?.Drop();
        return Errno.None;
    }

    /// <summary>Lets go of the connection. Bytes that nobody has read, or will come yet, turn into a reset.</summary>
    internal void Close()
    {
        IsClosed = true;
        if (!IsReset)
        {
            Tls?.Push(this);
            Tls?.Drop();
            if (ResetsOnClose || Inbound.Count > 0 || Tls is { HasUnread: true })
                Break();
        }

        Tls?.Dispose();
        Tls = null;
    }

    /// <summary>Resets the connection from our side; some of what was on its way may arrive still.</summary>
    internal void Break()
    {
        if (IsReset)
            return;
        IsReset = true;
        Tls?.Drop();
        Outbound.Truncate(_random.Next(Outbound.Count + 1));
    }
}
