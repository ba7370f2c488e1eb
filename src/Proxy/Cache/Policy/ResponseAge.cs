using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>Dates and age of a response on its arrival (RFC 9111, section 4.2.3). Times are milliseconds since 1970, durations
/// milliseconds.</summary>
internal static class ResponseAge
{
    private const long Second = 1000;

    /// <summary>The corrected initial age: what the response says of itself with the time the origin took, or what its Date shows,
    /// whichever is more.</summary>
    public static long Initial(FieldTable response, long requestTime, long responseTime) =>
        Math.Max(Apparent(response, responseTime), Told(response) + Math.Max(0, responseTime - requestTime));

    /// <summary>The age that caches before this one tell. Neither the time the origin took is in it, nor what its Date shows: a clock that
    /// is some seconds behind makes each response look old.</summary>
    public static long WhenAsked(FieldTable response) => Told(response);

    /// <summary>Date, or the time of arrival where it is missing or no date.</summary>
    public static long DateOf(FieldTable response, long responseTime) => TryDateOf(response, out var date) ? date : responseTime;

    /// <summary>Reads Date; false where it is missing or no date.</summary>
    public static bool TryDateOf(FieldTable response, out long date)
    {
        date = 0;
        if (!response.TryGet(KnownField.Date, out var value) || !HttpDate.TryParse(value, out var seconds))
            return false;
        date = seconds * Second;
        return true;
    }

    // Date counts whole seconds, and so does the difference.
    private static long Apparent(FieldTable response, long time) =>
        TryDateOf(response, out var date) ? Math.Max(0, WholeSecond(time) - date) : 0;

    private static long WholeSecond(long time) => time / Second * Second;

    /// <summary>The first member of Age; what is no number doesn't count (section 5.1).</summary>
    private static long Told(FieldTable response) =>
        response.TryGet(KnownField.Age, out var list) && Tokens.TryNext(ref list, out var first)
        && DeltaSeconds.TryParse(first, out var seconds)
            ? seconds * Second
            : 0;
}
