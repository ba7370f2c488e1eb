namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>The ways in which an origin's answer ends.</summary>
public enum AnswerEnding
{
    Length,
    Empty,
    Chunks,
    Trailers,
    Head,
    NoContent,
    NotModified,
    Error,
    AfterInterim,
    UntilClose,
    ConnectionClose,
    Switch,
    Malformed,
    Cancelled,
}
