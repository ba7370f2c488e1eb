namespace TlsProxy.Proxy.Upstream;

/// <summary>Why an origin's answer is missing or incomplete.</summary>
internal enum OriginFailure : byte
{
    None,

    /// <summary>No connection: refused, unreachable, or the name has no address.</summary>
    ConnectFailed,

    /// <summary>No connection, for want of a descriptor.</summary>
    NoDescriptor,

    /// <summary>No connection within its deadline.</summary>
    ConnectTimeout,

    /// <summary>The TLS handshake failed, though not because of the origin's certificate.</summary>
    HandshakeFailed,

    /// <summary>The origin's certificate isn't valid for it.</summary>
    CertificateRefused,

    /// <summary>All servers of the origin have failed lately, so that none is asked.</summary>
    NoneHealthy,

    /// <summary>No response head within its deadline, or the origin stopped taking the request's body.</summary>
    ResponseTimeout,

    /// <summary>The body stood still for longer than its deadline.</summary>
    IdleTimeout,

    /// <summary>The connection ended before a whole response head.</summary>
    NoResponse,

    /// <summary>The answer breaks the protocol, or its head is larger than what is taken.</summary>
    Malformed,

    /// <summary>The connection ended before the body did.</summary>
    Truncated,

    /// <summary>The proxy itself gave the request up.</summary>
    Cancelled,

    /// <summary>The client's body broke off.</summary>
    ClientBodyFailed,

    /// <summary>The request has a form that this kind of origin can't send.</summary>
    Unsupported,

    /// <summary>The origin gave no answer about a stored response that may not be used without one.</summary>
    Unconfirmed,

    /// <summary>The origin has answered twice in a row with an error that isn't for this client.</summary>
    InTrouble,

    /// <summary>The proxy itself has failed at the exchange.</summary>
    Fault,
}
