namespace TlsProxy.Proxy.Exchanges;

/// <summary>Result of a pull from a <see cref="BodyReader"/>.</summary>
internal enum BodyStep : byte
{
    /// <summary>Bytes are there.</summary>
    Bytes,

    /// <summary>The bytes haven't arrived; the owner is told when they have.</summary>
    NotYet,

    /// <summary>All has been read.</summary>
    End,

    /// <summary>The rest will never come; the client must not take what it has for the whole.</summary>
    Cut,
}
