namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>What becomes of a response with Set-Cookie whose origin says how long it stays fresh (RFC 9111, section 7.3).
/// One whose origin says nothing is never stored.</summary>
internal enum SetCookieMode : byte
{
    /// <summary>It is stored with the field.</summary>
    Store,

    /// <summary>It is stored without the field, which reaches only the client it was made for.</summary>
    Strip,

    /// <summary>It isn't stored.</summary>
    Pass,
}
