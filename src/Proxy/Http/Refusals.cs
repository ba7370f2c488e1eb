namespace TlsProxy.Proxy.Http;

/// <summary>The answer to each refusal: status and one sentence that says what was wrong and what to do.</summary>
internal static class Refusals
{
    public static (int Status, string Text) Of(Refusal refusal) => refusal switch
    {
        Refusal.BadRequestLine =>
            (400, "The request line is not METHOD SP TARGET SP HTTP/1.1; send exactly one space between its three parts."),
        Refusal.BareLineFeed => (400, "A line ends in LF without CR; end every line of the head in CRLF."),
        Refusal.BareCarriageReturn => (400, "A CR stands within a line; send CR only before LF at the end of a line."),
        Refusal.ControlByte => (400, "The head contains a control byte; remove it."),
        Refusal.BadMethod => (400, "The method is not a token; use letters, digits and the marks of RFC 9110, section 5.6.2."),
        Refusal.BadTarget =>
            (400, "The request target is malformed; send a path that starts with / and percent-encode what is not allowed in it."),
        Refusal.TargetClimbsAboveRoot => (400, "The path climbs above its root with dot segments; send the path they lead to."),
        Refusal.BadVersion => (400, "The version is malformed; send HTTP/1.1 or HTTP/1.0."),
        Refusal.UnsupportedVersion => (505, "This version of HTTP is not served here; send HTTP/1.1."),
        Refusal.BadFieldName => (400, "A field line has no valid name before a colon; send Name: value."),
        Refusal.SpaceBeforeColon => (400, "White space stands between a field name and its colon; remove it."),
        Refusal.FoldedField => (400, "A field value is folded over several lines; send it on one."),
        Refusal.MissingHost => (400, "The Host field is missing; HTTP/1.1 requires one."),
        Refusal.RepeatedHost => (400, "The Host field is repeated; send it once."),
        Refusal.BadHost => (400, "The Host field is malformed; send a host name or address with an optional port."),
        Refusal.HostMismatch => (400, "The target names another host than the Host field; send the same in both."),
        Refusal.BadContentLength => (400, "Content-Length is malformed or repeated; send one decimal number."),
        Refusal.LengthWithTransferEncoding => (400, "Both Content-Length and Transfer-Encoding are present; send one of them."),
        Refusal.BadTransferEncoding =>
            (400, "Transfer-Encoding is malformed or repeated, or chunked is not its last coding; send chunked alone."),
        Refusal.UnknownTransferCoding => (501, "This transfer coding is not implemented; send chunked or Content-Length."),
        Refusal.TransferEncodingInHttp10 => (400, "HTTP/1.0 has no Transfer-Encoding; send Content-Length."),
        Refusal.BadConnectionOption =>
            (400, "Connection names a field that is meant for the origin; name only what concerns this connection."),
        Refusal.UnknownExpectation => (417, "The expectation in Expect is not known; send 100-continue or none."),
        Refusal.BadMaxForwards => (400, "Max-Forwards is malformed or repeated; send one decimal number."),
        Refusal.MethodNotImplemented => (501, "This method is not implemented here."),
        Refusal.LineTooLong => (414, "The request line is too long; send a shorter target."),
        Refusal.HeadTooLarge => (431, "The head is too large; send fewer or shorter fields."),
        Refusal.TooManyFields => (431, "The head has too many fields; send fewer."),
        Refusal.BadChunk => (400, "The chunked body is malformed; send size in hexadecimal digits, CRLF, data, CRLF."),
        Refusal.WebSocketRequest =>
            (400, "A WebSocket opens with GET and without a body; leave Upgrade out, or send such a request."),
        Refusal.WebSocketKey => (400, "Sec-WebSocket-Key is malformed or repeated; send 16 random bytes in base64."),
        Refusal.WebSocketVersion => (400, "This version of WebSocket is not served here; send Sec-WebSocket-Version: 13."),
        Refusal.UpgradeForbidden => (403, "WebSocket is not allowed for this target."),
        Refusal.TunnelsFull => (503, "As many WebSockets are open as may be; try again later."),
        Refusal.Misdirected =>
            (421, "The certificate of this connection isn't for the host of the request; connect again and name it in the handshake."),
        Refusal.HttpsInClear => (421, "The target is an https URL, and this connection isn't secured; connect by TLS to ask for it."),
        Refusal.PlaintextOnTls => (400, "Plain HTTP was sent to an HTTPS port; use https:// for this address."),
        Refusal.HeadTimeout => (408, "The head did not arrive in time; send it faster."),
        Refusal.BodyTimeout => (408, "The body did not arrive in time; send it faster."),
        Refusal.AnswerTimeout => (504, "What was asked for takes longer; the log says what comes of it."),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "This is no reason to refuse."),
    };
}
