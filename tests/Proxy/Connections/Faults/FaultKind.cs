namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>What goes wrong at a point.</summary>
internal enum FaultKind
{
    /// <summary>The callback, or a call within it, throws.</summary>
    Throw,

    /// <summary>A send takes one byte.</summary>
    ShortSend,

    /// <summary>An operation or a socket call is refused with ENOBUFS.</summary>
    NoBuffers,

    /// <summary>An accept is refused with EMFILE.</summary>
    NoDescriptors,

    /// <summary>From the point on the pool has no segment, until the act is over.</summary>
    NoSegment,
}
