namespace TlsProxy.Testing;

/// <summary>The peer's side of a socket of the fake back end.</summary>
public sealed class FakeSocket
{
    private readonly Queue<byte> _inbound = new();

    /// <summary>What our side has sent.</summary>
    public MemoryStream Sent { get; } = new();

    /// <summary>The peer sends no more once its bytes are read.</summary>
    public bool HasEnded { get; set; }

    public bool IsReset { get; set; }

    /// <summary>The peer takes nothing for now.</summary>
    public bool Stalls { get; set; }

    public bool IsClosed { get; internal set; }

    /// <summary>Our side ended in order.</summary>
    public bool WasShutDown { get; internal set; }

    internal int Available => _inbound.Count;

    /// <summary>Puts bytes on their way to our side.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (var octet in bytes)
            _inbound.Enqueue(octet);
    }

    internal void Read(Span<byte> destination)
    {
        for (var i = 0; i < destination.Length; i++)
            destination[i] = _inbound.Dequeue();
    }
}
