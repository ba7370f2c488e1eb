namespace TlsProxy.Ktls.Channel;

/// <summary>Why a stream was lost.</summary>
public enum ChannelFailure : byte
{
    /// <summary>A send failed; the peer is gone or doesn't listen any more.</summary>
    SendFailed,

    /// <summary>A receive failed; most often the peer reset the connection.</summary>
    ReceiveFailed,

    /// <summary>There is no memory to send with.</summary>
    NoMemory,

    /// <summary>A record is malformed or not authentic; an alert has been sent.</summary>
    BadRecord,

    /// <summary>The peer has given the connection up with an alert.</summary>
    PeerAlert,

    /// <summary>The keys have protected as many records as they may within one message; an alert has been sent.</summary>
    KeysExhausted,

    /// <summary>The kernel refused the keys, and kTLS is required.</summary>
    HandOverRefused,
}
