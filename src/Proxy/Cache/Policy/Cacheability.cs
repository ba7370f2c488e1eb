namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>Status codes by what a cache may do with them (RFC 9110, section 15.1).</summary>
internal static class Cacheability
{
    /// <summary>Whether a response may be stored though it doesn't say how long.</summary>
    public static bool IsHeuristic(int status) => status is 200 or 203 or 204 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    /// <summary>Whether the status answers a condition of one request rather than its target: 304, 412, and 226, the difference to what the
    /// client has (RFC 9110, section 13.2.2; RFC 3229, section 10.4.1).</summary>
    public static bool AnswersCondition(int status) => status is 226 or 304 or 412;

    /// <summary>Whether the status answers the range of one request (RFC 9110, sections 15.3.7 and 15.5.17).</summary>
    public static bool AnswersRange(int status) => status is 206 or 416;

    /// <summary>Whether this cache knows what the status asks of it, for must-understand (RFC 9111, section 5.2.2.3).
    /// 206 and 304 are parts and answers to conditions: they are understood, but never stored as they are.</summary>
    public static bool IsUnderstood(int status) => IsHeuristic(status)
        || status is 201 or 202 or 302 or 303 or 307
            or 400 or 401 or 403 or 406 or 408 or 409 or 411 or 412 or 413 or 415 or 416 or 417 or 421 or 422 or 426
            or 500 or 502 or 503 or 504 or 505;

    /// <summary>Whom an error concerns. A 401, 407 or 511 asks a client for its credentials. The other statuses from 400 to 499 blame a
    /// request, whose fields are one client's: only some of them can't but concern the target. From 500 on it is the origin.</summary>
    public static ErrorScope ScopeOf(int status) => status switch
    {
        < 400 => ErrorScope.None,
        401 or 407 or 511 => ErrorScope.Client,
        404 or 405 or 410 or 414 or 421 or 423 or 424 or 451 or >= 500 => ErrorScope.Target,
        _ => ErrorScope.Request,
    };

    /// <summary>Errors that negative caching holds: what isn't there, and an origin in trouble.</summary>
    public static bool IsNegative(int status) => status is 404 or 405 or 410 or 414 or 500 or 501 or 502 or 503 or 504;
}
