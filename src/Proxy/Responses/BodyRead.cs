namespace TlsProxy.Proxy.Responses;

/// <summary>What a pull from a body gave.</summary>
internal enum BodyRead : byte
{
    /// <summary>Bytes are there.</summary>
    Available,

    /// <summary>The bytes haven't arrived; subscribers are told when they have.</summary>
    NotYet,

    /// <summary>The body ends here.</summary>
    End,

    /// <summary>The body was cut short at its source; what was read must not pass for the whole.</summary>
    Failed,
}
