namespace TlsProxy.Proxy.Upstream;

/// <summary>What a client is told of each failure (RFC 9110, sections 15.5 and 15.6).</summary>
internal static class OriginFailures
{
    /// <summary>The status of the error answer and its text, one plain sentence.</summary>
    public static (int Status, string Text) Of(OriginFailure failure) => failure switch
    {
        OriginFailure.ConnectFailed => (502, "The origin can't be reached."),
        OriginFailure.NoDescriptor => (503, "The proxy has no descriptor left for a connection to the origin."),
        OriginFailure.ConnectTimeout => (504, "The origin took too long to accept a connection."),
        OriginFailure.HandshakeFailed => (502, "The TLS handshake with the origin failed."),
        OriginFailure.CertificateRefused => (502, "The origin's certificate can't be trusted."),
        OriginFailure.NoneHealthy => (503, "No server of the origin is healthy."),
        OriginFailure.ResponseTimeout => (504, "The origin took too long to answer."),
        OriginFailure.IdleTimeout => (504, "The origin stopped in the middle of its answer."),
        OriginFailure.NoResponse => (502, "The origin closed the connection without an answer."),
        OriginFailure.Malformed => (502, "The origin's answer is malformed."),
        OriginFailure.Truncated => (502, "The origin's answer is incomplete."),
        OriginFailure.Cancelled => (502, "The request to the origin was given up."),
        OriginFailure.ClientBodyFailed => (400, "The request's body is incomplete."),
        OriginFailure.Unsupported => (501, "The request can't be forwarded to this origin."),
        // RFC 9111, section 5.2.2.2, asks for this status.
        OriginFailure.Unconfirmed => (504, "The origin can't be asked about the stored response, which may not be used unconfirmed."),
        OriginFailure.InTrouble => (503, "The origin answers with errors; try again later."),
        OriginFailure.Fault => (500, "The proxy failed at this request."),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "There is no answer for this value."),
    };

    /// <summary>Whether the origin gave no answer that can be used: a stored response may then stand in
    /// (RFC 9111, section 4.2.4).</summary>
    public static bool IsUnreachable(OriginFailure failure) => failure is OriginFailure.ConnectFailed or OriginFailure.NoDescriptor
        or OriginFailure.ConnectTimeout or OriginFailure.HandshakeFailed or OriginFailure.CertificateRefused
        or OriginFailure.NoneHealthy or OriginFailure.ResponseTimeout or OriginFailure.IdleTimeout
        or OriginFailure.NoResponse or OriginFailure.Malformed or OriginFailure.Truncated;
}
