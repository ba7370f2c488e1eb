using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The answers the proxy gives itself, made once at the start and shared by all workers.</summary>
internal sealed class LocalResponses
{
    // What is passed on beside methods of other specifications (RFC 9110, section 10.2.1).
    private static readonly (string Name, string Value) Allow = ("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

    private readonly Response _health;
    private readonly Response _methodNotAllowed;
    private readonly Response _options;
    private readonly Response _traceNotAllowed;
    private readonly Response _notCached;
    private readonly Response _preconditionFailed;
    private readonly Response?[] _failures;
    private readonly Response?[] _refusals;

    public LocalResponses(SegmentPool pool)
    {
        _health = LocalResponse.Create(pool, 200, "ok\n");
        _methodNotAllowed = LocalResponse.Create(pool, 405, "This path answers GET and HEAD only.\n", ("Allow", "GET, HEAD"));
        _options = LocalResponse.Create(pool, 200, string.Empty, Allow);
        _traceNotAllowed = LocalResponse.Create(
            pool, 405, "TRACE is not allowed here; it would show fields that scripts must not see.\n", Allow);
        _notCached = LocalResponse.Create(
            pool, 504, "The cache has no fresh response, and the request allows no other (only-if-cached).\n");
        _preconditionFailed = LocalResponse.Create(
            pool, 412, "The resource isn't in the state that If-Match or If-Unmodified-Since names.\n");
        var failures = Enum.GetValues<OriginFailure>();
        _failures = new Response[failures.Length];
        foreach (var failure in failures.Where(value => value != OriginFailure.None))
        {
            var (status, text) = OriginFailures.Of(failure);
            _failures[(int)failure] = LocalResponse.Create(pool, status, text + "\n");
        }

        var refusals = Enum.GetValues<Refusal>();
        _refusals = new Response[refusals.Length];
        foreach (var refusal in refusals.Where(value => value != Refusal.None))
        {
            var (status, text) = Refusals.Of(refusal);
            _refusals[(int)refusal] = LocalResponse.Create(pool, status, text + "\n", FieldsOf(refusal));
        }
    }

    /// <summary>only-if-cached, and nothing is (RFC 9111, section 5.2.1.7).</summary>
    public Response NotCached => _notCached;

    /// <summary>If-Match or If-Unmodified-Since isn't met (RFC 9110, section 15.5.13).</summary>
    public Response PreconditionFailed => _preconditionFailed;

    /// <summary>The answer to a request that the proxy answers itself, or null for one that it forwards: OPTIONS that may be forwarded no
    /// more (RFC 9110, sections 7.6.2 and 9.3.7), and TRACE, which isn't served.</summary>
    public Response? Find(RequestHead head)
    {
        if (head.Method == KnownMethod.Trace)
            return _traceNotAllowed;
        if (head is { Method: KnownMethod.Options, MaxForwards: 0 })
            return _options;
        if (!head.Target.SequenceEqual("/health"u8))
            return null;
        return head.Method is KnownMethod.Get or KnownMethod.Head ? _health : _methodNotAllowed;
    }

    /// <summary>What else a client needs to come again (RFC 6455, section 4.4; RFC 9110, section 10.2.3).</summary>
    private static (string Name, string Value)[] FieldsOf(Refusal refusal) => refusal switch
    {
        Refusal.WebSocketVersion => [("Sec-WebSocket-Version", "13")],
        Refusal.TunnelsFull => [("Retry-After", "5")],
        _ => [],
    };

    public Response Of(OriginFailure failure) =>
        _failures[(int)failure] ?? throw new ArgumentOutOfRangeException(nameof(failure), failure, "This is no failure.");

    public Response Of(Refusal refusal) =>
        _refusals[(int)refusal] ?? throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "This is no reason to refuse.");
}
