using System.Globalization;
using TlsProxy.Soak.Clients;

namespace TlsProxy.Soak.Checks;

/// <summary>Whether the ranges of an answer are those that were asked for.</summary>
internal static class RangeCheck
{
    /// <summary>Reads a Content-Range (RFC 9110, section 14.4).</summary>
    /// <param name="total">Null for a length that isn't told.</param>
    public static bool TryParse(string? field, out long first, out long last, out long? total)
    {
        (first, last, total) = (0, -1, null);
        if (field?.Split((char[])[' ', '-', '/']) is not ["bytes", var from, var to, var all]
            || !long.TryParse(from, CultureInfo.InvariantCulture, out first) || !long.TryParse(to, CultureInfo.InvariantCulture, out last))
            return false;
        if (all == "*")
            return first <= last;
        total = long.TryParse(all, CultureInfo.InvariantCulture, out var length) ? length : -1;
        return first <= last && last < total;
    }

    /// <summary>What was asked for and isn't there, or is there and wasn't asked for; null for none.</summary>
    public static string? FindMissing(IReadOnlyList<RequestedRange> asked, IReadOnlyList<(long First, long Last)> found, long length)
    {
        foreach (var range in asked)
            if (range.Of(length) is var (first, last) && !found.Any(part => part.First <= first && part.Last >= last))
                return $"{range} isn't among {string.Join(' ', found)} of {length}";
        foreach (var part in found)
            if (!asked.Any(range => range.Of(length) is var (first, last) && first >= part.First && last <= part.Last))
                return $"{part} holds none of {string.Join(',', asked)} of {length}";
        return null;
    }
}
