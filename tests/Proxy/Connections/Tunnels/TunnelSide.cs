using TlsProxy.Testing.Backend;

namespace TlsProxy.Proxy.Tests.Connections.Tunnels;

/// <summary>One end of a tunnel: writes bytes that only it writes, at its own pace, and sees that it gets those of the other end.</summary>
/// <param name="socket">Its connection to the proxy.</param>
/// <param name="sent">All that it sends, before it ends.</param>
internal sealed class TunnelSide(Random random, FakeSocket socket, byte[] sent)
{
    private readonly List<byte> _received = [];
    /// <summary>It reads nothing.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Bytes that have left.</summary>
    public int Sent { get; private set; }

    /// <summary>All that it sends has left, and the end.</summary>
    public bool HasSentAll { get; private set; }

    /// <summary>What it has got.</summary>
    public IReadOnlyList<byte> Received => _received;

    public FakeSocket Socket => socket;

    /// <summary>It has the end of what the other end sends.</summary>
    public bool HasEnd => socket.HasEnded;

    /// <summary>Nothing more happens.</summary>
    public bool IsOver => socket.IsReset || (HasEnd && HasSentAll);

    /// <summary>Writes and reads, now and then.</summary>
    public void Step()
    {
        if (random.Next(2) == 0)
            Write(random.Next(1, random.Next(3) == 0 ? 30 : 20_000));
        if (!IsStalled && random.Next(2) == 0)
            Read(random.Next(1, random.Next(3) == 0 ? 30 : 20_000));
    }

    /// <summary>Writes as many bytes of its own as fit.</summary>
    public void Write(int most)
    {
        if (HasSentAll || socket.IsReset)
            return;
        Sent += socket.Write(sent.AsSpan(Sent, Math.Min(most, sent.Length - Sent)));
        if (Sent < sent.Length)
            return;
        socket.End();
        HasSentAll = true;
    }

    public void Read(int most)
    {
        var bytes = new byte[most];
        _received.AddRange(bytes.AsSpan(0, socket.Take(bytes)));
    }
}
