namespace TlsProxy.Proxy.Upstream;

/// <summary>A connection to an origin that has switched protocols: bytes both ways, the origin's and those of its
/// <see cref="ITunnelUser"/>. Whoever has it ends it. Thread of the origin's loop only.</summary>
internal interface IOriginTunnel
{
    /// <summary>Bytes for the origin that its socket hasn't taken yet.</summary>
    int HeldBytes { get; }

    /// <summary>Told once that the connection is closed, or about to be after a fault; set before it begins.</summary>
    Action? OnEnded { set; }

    /// <summary>From now on the user is told what comes of its calls.</summary>
    void Begin(ITunnelUser user);

    /// <summary>Takes bytes for the origin, and sends them as it reads.</summary>
    /// <returns>False where there is no memory for them: the tunnel is to end.</returns>
    bool TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Tells the origin the end, behind the last byte held.</summary>
    void EndSend();

    /// <summary>Receives once: <see cref="ITunnelUser.OnOriginBytes"/> or <see cref="ITunnelUser.OnOriginEnded"/> follows, within the call
    /// where bytes are there.</summary>
    void Receive();

    /// <summary>Ends the connection in order. The user is told nothing more.</summary>
    void Close();

    /// <summary>Ends the connection with a reset, so that the origin can't take what it has for the whole. The user is told nothing
    /// more.</summary>
    void Reset();

    /// <summary>The user has thrown: the connection ends without going on from the state that it left.</summary>
    void Bury();
}
