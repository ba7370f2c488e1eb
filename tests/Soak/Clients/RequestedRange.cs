using System.Globalization;

namespace TlsProxy.Soak.Clients;

/// <summary>One range as it is asked for: a first byte without a last is open, a last without a first is a suffix.</summary>
internal readonly record struct RequestedRange(long? First, long? Last)
{
    /// <summary>Its first and last byte of so many; null where it has none of them.</summary>
    public (long First, long Last)? Of(long length)
    {
        if (First is not { } first)
            return length > 0 && Last > 0 ? (Math.Max(0, length - Last!.Value), length - 1) : null;
        return first < length ? (first, Math.Min(Last ?? long.MaxValue, length - 1)) : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
