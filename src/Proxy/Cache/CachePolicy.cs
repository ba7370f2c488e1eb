using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>What may be stored, for how long, and for whom (RFC 9111, sections 3 and 4.2), as a shared cache.</summary>
/// <param name="DefaultLifetime">Seconds that a GET 200 below <c>/object/</c> stays fresh when its origin says nothing.</param>
internal sealed record CachePolicy(long DefaultLifetime)
{
    /// <summary>Judges a response to GET.</summary>
    /// <param name="requestTime">When the origin was asked, in seconds since 1970.</param>
    /// <param name="freshness">How long it may be used, when the result is true.</param>
    public bool MayStore(RequestHead request, ResponseHead response, long requestTime, long now, out Freshness freshness)
    {
        var control = CacheControl.Read(response.Fields);
        freshness = default;
        if (request.Method != KnownMethod.Get || !IsUnderstood(response.Status) || control.NoStore || control.Private
            || CacheControl.Read(request.Fields).NoStore || VariesOnAnything(response.Fields))
            return false;
        if (request.Fields.Contains(KnownField.Authorization) && !MayShareAuthorized(control))
            return false;
        var lifetime = ExplicitLifetime(control, response.Fields, now);
        if (response.Fields.Contains(KnownField.SetCookie) && !(control.Public || control.SharedMaxAge >= 0))
            return false;
        if (lifetime < 0 && !control.NoCache)
        {
            if (!DefaultApplies(request, response))
                return false;
            lifetime = DefaultLifetime;
        }

        var canBeRevalidated = response.Fields.Contains(KnownField.ETag) || response.Fields.Contains(KnownField.LastModified);
        freshness = new Freshness(now, InitialAge(response.Fields, requestTime, now), lifetime, control.NoCache, control.MustRevalidate);
        return freshness.IsFreshAt(now) || canBeRevalidated;
    }

    /// <summary>Whether a stored response may be given to a request with Authorization (RFC 9111, section 3.5).</summary>
    public static bool MayShareAuthorized(in CacheControl response) => response.Public || response.MustRevalidate;

    /// <summary>Whether a fresh response meets what the request asks of its age (RFC 9111, section 5.2.1).</summary>
    public static bool Satisfies(in Freshness freshness, in CacheControl request, long now)
    {
        if (request.NoCache || !freshness.IsFreshAt(now))
            return false;
        var age = freshness.AgeAt(now);
        return (request.MaxAge < 0 || age <= request.MaxAge) && (request.MinFresh < 0 || freshness.Lifetime - age >= request.MinFresh);
    }

    private static bool IsUnderstood(int status) => status is 200 or 203 or 204 or 300 or 301 or 302 or 303 or 307 or 308
        or 404 or 405 or 410 or 414 or 501;

    private bool DefaultApplies(RequestHead request, ResponseHead response) => DefaultLifetime > 0 && response.Status == 200
        && request.Target.StartsWith("/object/"u8)
        && !response.Fields.Contains(KnownField.SetCookie) && !response.Fields.Contains(KnownField.Expires)
        && !request.Fields.Contains(KnownField.Authorization) && !request.Fields.Contains(KnownField.Cookie);

    /// <summary>s-maxage before max-age before Expires; -1 where there is none. An Expires that is no date has passed.</summary>
    private static long ExplicitLifetime(in CacheControl control, FieldTable fields, long now)
    {
        if (control.SharedMaxAge >= 0)
            return control.SharedMaxAge;
        if (control.MaxAge >= 0)
            return control.MaxAge;
        if (!fields.TryGet(KnownField.Expires, out var expires))
            return -1;
        if (fields.Find(KnownField.Expires, fields.Find(KnownField.Expires) + 1) >= 0 || !HttpDate.TryParse(expires, out var end))
            return 0;
        return Math.Max(0, end - DateOf(fields, now));
    }

    private static long InitialAge(FieldTable fields, long requestTime, long now)
    {
        var apparent = Math.Max(0, now - DateOf(fields, now));
        var told = fields.TryGet(KnownField.Age, out var age) ? CacheControl.Seconds(age) : 0;
        return Math.Max(apparent, told + (now - requestTime));
    }

    private static long DateOf(FieldTable fields, long now) =>
        fields.TryGet(KnownField.Date, out var value) && HttpDate.TryParse(value, out var date) ? date : now;

    private static bool VariesOnAnything(FieldTable fields)
    {
        for (var i = fields.Find(KnownField.Vary); i >= 0; i = fields.Find(KnownField.Vary, i + 1))
        {
            if (Tokens.Contains(fields.Value(i), "*"u8))
                return true;
        }

        return false;
    }
}
