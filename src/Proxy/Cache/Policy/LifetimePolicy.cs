using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>How long a response stays fresh (RFC 9111, section 4.2.1), and what is assumed where its origin says nothing. Times are
/// milliseconds since 1970, durations milliseconds.</summary>
internal sealed record LifetimePolicy
{
    // RFC 9111, section 4.2.2, names a tenth of the time since the last change as typical.
    private const int HeuristicDivisor = 10;

    private const long Second = 1000;

    /// <summary>Of a GET 200 below <c>/object/</c> whose origin says nothing; 0 for none.</summary>
    public long Default { get; init; }

    /// <summary>The longest lifetime guessed from Last-Modified; 0 guesses none.</summary>
    public long HeuristicMaximum { get; init; }

    /// <summary>Of errors whose origin says nothing; 0 for none.</summary>
    public long Negative { get; init; }

    /// <summary>Request fields that are credentials as Authorization is: for requests with one, nothing is assumed.</summary>
    public FieldNames Credentials { get; init; } = new(CredentialFields.Names);

    /// <summary>Whether the origin says how long.</summary>
    public static bool IsExplicit(FieldTable response, ResponseDirectives directives) =>
        directives.SharedMaxAge >= 0 || directives.MaxAge >= 0
        || (!directives.IsTargeted && response.Contains(KnownField.Expires));

    /// <summary>The lifetime of a response that may be stored, or -1 where there is none.</summary>
    /// <param name="isOfOne">The request is of one client alone: where the origin says nothing, there is none then.</param>
    /// <param name="fromArrival">The operator chose it: it counts from the arrival of the response, however long the origin took.</param>
    public long Of(
        RequestHead request, ResponseHead response, ResponseDirectives directives, PathRule? rule, long now, bool isOfOne,
        out bool fromArrival)
    {
        // Errors come as pages, whatever was asked for.
        if (rule is not null && response.Status < 400 && !rule.Fits(response.Fields))
            rule = null;
        fromArrival = true;
        if (rule?.Lifetime is { } ruled && response.Status < 400
            && (rule.SetCookies is not null || !response.Fields.Contains(KnownField.SetCookie)))
            return ruled;
        if (!IsExplicit(response.Fields, directives))
        {
            // What was made for one client says so by its cookies or credentials.
            var isForAll = !isOfOne && !response.Fields.Contains(KnownField.SetCookie)
                && request.Method is KnownMethod.Get or KnownMethod.Head;
            return isForAll ? Assumed(request, response, directives, rule, now, out fromArrival) : -1;
        }

        fromArrival = false;
        return Explicit(response.Fields, directives, now);
    }

    /// <summary>Whether a request says whose it is: by a cookie, by credentials, or by its connection's certificate.</summary>
    public bool IsOfOneClient(RequestHead request) => request.Fields.Contains(KnownField.Authorization)
        || request.Fields.Contains(KnownField.Cookie) || request.HasClientCertificate || Credentials.IsAnyIn(request.Fields);

    /// <summary>s-maxage before max-age before Expires. An Expires that is no date, or that differs from another, has passed.</summary>
    private static long Explicit(FieldTable response, ResponseDirectives directives, long now)
    {
        if (directives.SharedMaxAge >= 0)
            return directives.SharedMaxAge * Second;
        if (directives.MaxAge >= 0)
            return directives.MaxAge * Second;
        var index = response.Find(KnownField.Expires);
        var expires = response.Value(index);
        while ((index = response.Find(KnownField.Expires, index + 1)) >= 0)
        {
            if (!response.Value(index).SequenceEqual(expires))
                return 0;
        }

        return HttpDate.TryParse(expires, out var end)
            ? Math.Clamp((end * Second) - ResponseAge.DateOf(response, now), 0, DeltaSeconds.Maximum * Second)
            : 0;
    }

    private long Assumed(
        RequestHead request, ResponseHead response, ResponseDirectives directives, PathRule? rule, long now, out bool fromArrival)
    {
        fromArrival = true;
        var negative = rule?.Negative ?? Negative;
        if (negative > 0 && Cacheability.IsNegative(response.Status))
            return negative;
        if (response.Status == 200)
        {
            var standard = rule?.Default ?? (IsObject(request.Target) ? Default : 0);
            if (standard > 0)
                return standard;
        }

        fromArrival = false;
        return directives.Public || Cacheability.IsHeuristic(response.Status) ? Heuristic(response.Fields, now) : -1;
    }

    /// <summary>Whether a target lies below <c>/object/</c> for all origins, however they read dots and slashes.</summary>
    private static bool IsObject(ReadOnlySpan<byte> target) => target.StartsWith("/object/"u8)
        && PathReading.IsNormal(target.IndexOf((byte)'?') is >= 0 and var query ? target[..query] : target);

    private long Heuristic(FieldTable response, long now)
    {
        if (HeuristicMaximum == 0 || response.Contains(KnownField.Pragma)
            || !response.TryGet(KnownField.LastModified, out var text) || !HttpDate.TryParse(text, out var modified))
            return -1;
        return Math.Clamp((ResponseAge.DateOf(response, now) - (modified * Second)) / HeuristicDivisor, 0, HeuristicMaximum);
    }
}
