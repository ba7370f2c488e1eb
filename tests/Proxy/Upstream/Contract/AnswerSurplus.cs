namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>The bytes an origin writes beyond its answer.</summary>
public enum AnswerSurplus
{
    None,

    /// <summary>Bytes that begin no answer, in one send with the answer's last bytes.</summary>
    SameSend,

    /// <summary>A whole answer, when the client has the one it asked for.</summary>
    Later,

    /// <summary>A whole answer, in one send with the last bytes of the one before.</summary>
    SecondAnswer,
}
