using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections;

/// <summary>The answers the proxy gives itself, made once at the start and shared by all workers.</summary>
internal sealed class LocalResponses
{
    private readonly StoredResponse _health;
    private readonly StoredResponse _methodNotAllowed;
    private readonly StoredResponse _notFound;
    private readonly StoredResponse?[] _refusals;

    public LocalResponses(SegmentPool pool)
    {
        _health = LocalResponse.Create(pool, 200, "ok\n");
        _methodNotAllowed = LocalResponse.Create(pool, 405, "This path answers GET and HEAD only.\n");
        _notFound = LocalResponse.Create(pool, 404, "There is nothing at this path.\n");
        var refusals = Enum.GetValues<Refusal>();
        _refusals = new StoredResponse[refusals.Length];
        foreach (var refusal in refusals.Where(value => value != Refusal.None))
        {
            var (status, text) = Refusals.Of(refusal);
            _refusals[(int)refusal] = LocalResponse.Create(pool, status, text + "\n");
        }
    }

    /// <summary>The answer to a valid request that the proxy answers itself.</summary>
    public StoredResponse Find(RequestHead head)
    {
        if (!head.Target.SequenceEqual("/health"u8))
            return _notFound;
        return head.Method is KnownMethod.Get or KnownMethod.Head ? _health : _methodNotAllowed;
    }

    public StoredResponse Of(Refusal refusal) =>
        _refusals[(int)refusal] ?? throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "This is no reason to refuse.");
}
