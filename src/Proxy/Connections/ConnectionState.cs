namespace TlsProxy.Proxy.Connections;

/// <summary>Where a <see cref="ClientConnection"/> stands in its life.</summary>
internal enum ConnectionState : byte
{
    Closed,

    /// <summary>Before the header of the PROXY protocol.</summary>
    Introducing,

    /// <summary>Before the keys.</summary>
    Handshaking,

    /// <summary>Waiting for a request, or for the rest of its head.</summary>
    Reading,

    /// <summary>Waiting for a request no longer: what has come meanwhile is read once more before the close.</summary>
    Leaving,

    /// <summary>The origin has been asked, or another thread makes the answer.</summary>
    Waiting,

    /// <summary>A response is on its way.</summary>
    Responding,

    /// <summary>The channel is closing.</summary>
    Closing,
}
