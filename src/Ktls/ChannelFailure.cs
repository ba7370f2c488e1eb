namespace TlsProxy.Ktls;

/// <summary>Why a stream was lost.</summary>
public enum ChannelFailure : byte
{
    /// <summary>A send failed; the peer is gone or doesn't listen any more.</summary>
    SendFailed,

    /// <summary>A receive failed; most often the peer reset the connection.</summary>
    ReceiveFailed,
}
