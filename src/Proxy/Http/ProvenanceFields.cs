namespace TlsProxy.Proxy.Http;

/// <summary>Fields by which a proxy tells where a request came from: the client's address, and the scheme, host, port and path it asked
/// for. Frameworks believe them, and no cache key has them, so a client's own would make the response that all others get.</summary>
internal static class ProvenanceFields
{
    /// <summary>Those that this proxy doesn't write itself, beside Forwarded.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "X-Forwarded", "X-Forwarded-By", "X-Forwarded-Context", "X-Forwarded-Method", "X-Forwarded-Path", "X-Forwarded-Port",
        "X-Forwarded-Prefix", "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Server", "X-Forwarded-Ssl", "X-Forwarded-Uri",
        "X-Forwarded-Url", "Front-End-Https", "X-Scheme", "X-Url-Scheme", "Fastly-SSL", "X-ARR-SSL", "CF-Visitor",
        "X-Original-URL", "X-Original-URI", "X-Original-Host", "X-Original-Method", "X-Original-Path", "X-Original-Proto",
        "X-Original-For", "X-Original-Forwarded-For", "X-Rewrite-URL", "X-Host", "X-HTTP-Host-Override", "X-Envoy-Original-Path",
        "X-Envoy-External-Address",
        "True-Client-IP", "X-True-Client-IP", "Client-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-ProxyUser-IP", "X-Remote-IP",
        "X-Remote-Addr", "X-Originating-IP", "CF-Connecting-IP", "CF-Connecting-IPv6", "CF-Pseudo-IPv4", "Fastly-Client-IP",
        "Fly-Client-IP",
        "X-Azure-ClientIP", "X-Azure-SocketIP", "X-AppEngine-User-IP", "X-Vercel-Forwarded-For", "Forwarded-For", "Proxy-Client-IP",
        "WL-Proxy-Client-IP", "HTTP-Client-IP", "HTTP-X-Forwarded-For", "HTTP-X-Forwarded", "HTTP-Forwarded-For", "HTTP-Forwarded",
    ];

    /// <summary>Fields that have an origin take the request for one by another method.</summary>
    public static IReadOnlyList<string> MethodOverrides { get; } = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

    /// <summary>All that a request may have to be taken out of it.</summary>
    public static ulong Mask { get; } = FieldTable.MaskOf(
        KnownField.XForwardedHost, KnownField.XForwardedProto, KnownField.XRealIp, KnownField.Provenance, KnownField.MethodOverride);

    /// <summary>Takes out of a request what isn't for the origin.</summary>
    public static void RemoveUnbelieved(RequestHead head, bool isTrusted)
    {
        for (var i = head.Fields.Count - 1; i >= 0; i--)
        {
            if (IsUnbelieved(head.Fields.Known(i), head.Method, isTrusted))
                head.Fields.Remove(i);
        }
    }

    /// <summary>Whether a field of a request isn't for the origin: what only a trusted proxy may say, and of GET and HEAD another method,
    /// whose answer would be stored as theirs.</summary>
    /// <param name="isTrusted">The request comes from a trusted proxy.</param>
    public static bool IsUnbelieved(KnownField field, KnownMethod method, bool isTrusted) => field switch
    {
        KnownField.XForwardedHost or KnownField.XForwardedProto or KnownField.XRealIp or KnownField.Provenance => !isTrusted,
        KnownField.MethodOverride => method is KnownMethod.Get or KnownMethod.Head,
        _ => false,
    };
}
