using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak.Clients;

namespace TlsProxy.Soak.Checks;

/// <summary>
/// Whether an answer is as old as it says, and not older than it may be (RFC 9111, section 4.2). Origin and clients share a clock.
/// </summary>
internal static class AgeCheck
{
    // A second of rounding on either side, and what a busy machine takes between a clock and a write.
    private const double SlackSeconds = 4;

    /// <summary>What is wrong, or null.</summary>
    /// <param name="generated">When the origin made or confirmed it, in milliseconds since 1970.</param>
    public static string? Find(SoakRequest request, MessageHead head, long generated)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var atLeast = ((request.SentTime - generated) / 1000.0) - SlackSeconds;
        var atMost = ((now - generated) / 1000.0) + SlackSeconds;
        var status = head["Cache-Status"] ?? "";
        var isHit = status.Contains("; hit", StringComparison.Ordinal);
        var lifetime = request.Target.LifetimeSeconds;
        if (head["Age"] is { } text)
        {
            var age = long.Parse(text, CultureInfo.InvariantCulture);
            if (age < atLeast || age > atMost)
                return string.Create(CultureInfo.InvariantCulture, $"Age {age}, but it is between {atLeast:f1} and {atMost:f1} old");
        }
        else if (isHit)
        {
            return "a hit without Age";
        }
        if (lifetime == 0 && (isHit || generated < request.SentTime - (SlackSeconds * 1000)))
            return "no-store, but stored";
        if (atLeast > lifetime + Math.Max(request.Target.StaleSeconds, Soak.StaleIfUnreachableSeconds))
            return string.Create(CultureInfo.InvariantCulture, $"at least {atLeast:f1} s old, beyond any stale window");
        return null;
    }
}
