using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>Dates and age of a response on its arrival (RFC 9111, section 4.2.3). Times are seconds since 1970.</summary>
internal static class ResponseAge
{
    /// <summary>The corrected initial age: what the response says of itself or what its Date shows, whichever is more.</summary>
    public static long Initial(FieldTable response, long requestTime, long responseTime)
    {
        var apparent = Math.Max(0, responseTime - DateOf(response, responseTime));
        return Math.Max(apparent, Told(response) + Math.Max(0, responseTime - requestTime));
    }

    /// <summary>Date, or the time of arrival where it is missing or no date.</summary>
    public static long DateOf(FieldTable response, long responseTime) =>
        response.TryGet(KnownField.Date, out var value) && HttpDate.TryParse(value, out var date) ? date : responseTime;

    /// <summary>The first member of Age; what is no number doesn't count (section 5.1).</summary>
    private static long Told(FieldTable response) => response.TryGet(KnownField.Age, out var list) && Tokens.TryNext(ref list, out var first)
        && DeltaSeconds.TryParse(first, out var seconds) ? seconds : 0;
}
