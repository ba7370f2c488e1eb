namespace TlsProxy.Proxy.Responses;

/// <summary>Which of a response's fields the head for one client has.</summary>
internal enum SentFields : byte
{
    /// <summary>All that are forwarded.</summary>
    All,

    /// <summary>Those of several parts, each of which repeats the type of the whole (RFC 9110, section 15.3.7.2).</summary>
    AllButContentType,

    /// <summary>Those of a 304, whose client has the content and what describes it (RFC 9110, section 15.4.5).</summary>
    NotOfContent,

    /// <summary>None: a 416 carries nothing of the representation (RFC 9110, section 15.5.17).</summary>
    None,
}
