namespace TlsProxy.Testing.Tls;

/// <summary>How a TLS client's stream has ended.</summary>
public enum ClientEnd
{
    None,

    /// <summary>The peer's close_notify came.</summary>
    CloseNotify,

    /// <summary>The peer sent an alert that ends the connection.</summary>
    Alert,

    /// <summary>What came is no TLS, or isn't authentic.</summary>
    Broken,
}
