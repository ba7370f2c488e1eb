namespace TlsProxy.Ktls;

/// <summary>Why the records that a connection sends are made in user space.</summary>
public enum KtlsReason : byte
{
    /// <summary>There is none: the kernel makes them, or would in front of a response that is worth it.</summary>
    None,

    /// <summary>The configuration says so.</summary>
    Off,

    /// <summary>The kernel has no TLS, or hasn't loaded its module.</summary>
    NoModule,

    /// <summary>The kernel knows no cipher of this version of TLS.</summary>
    Version,

    /// <summary>The kernel doesn't know this cipher.</summary>
    Cipher,

    /// <summary>The kernel has refused this connection's keys.</summary>
    Refused,

    /// <summary>The peer had ended its side before the hand-over, and the kernel takes only connections that are open both ways.</summary>
    PeerEnded,

    /// <summary>The peer has asked for shorter records by max_fragment_length, and the kernel makes full ones.</summary>
    FragmentLength,

    /// <summary>The cheaper one is to make them, and that isn't the kernel.</summary>
    Dearer,

    /// <summary>The cheaper one is to make them, and which that is could not be measured.</summary>
    Unmeasured,
}
