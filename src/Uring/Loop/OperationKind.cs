namespace TlsProxy.Uring.Loop;

/// <summary>What a back end can be asked to do. Each kind ends with one completion that doesn't promise more.</summary>
public enum OperationKind : byte
{
    None,

    /// <summary>Accepts connections until cancelled or failed; every completion carries a descriptor.</summary>
    Accept,

    /// <summary>One receive into a buffer of the back end's pool.</summary>
    Receive,

    /// <summary>Receives into pool buffers until the stream ends, fails, or the pool is empty (ENOBUFS).</summary>
    ReceiveMultishot,

    /// <summary>One receive into memory of the caller, of at most the given length.</summary>
    ReceiveInto,

    /// <summary>One recvmsg with room for control data, into memory of the caller.</summary>
    ReceiveMessage,

    /// <summary>Sends one range; the result may be short.</summary>
    Send,

    /// <summary>Sends several ranges, with an optional TLS record type as control data; the result may be short.</summary>
    SendMessage,

    /// <summary>Waits once for poll events.</summary>
    Poll,

    /// <summary>Connects a socket to an address.</summary>
    Connect,

    /// <summary>Closes a descriptor.</summary>
    Close,
}
