using System.Collections.Concurrent;
using System.Globalization;

namespace TlsProxy.Soak.Checks;

/// <summary>How often what happened, so that a soak can be seen to have met what it was made for.</summary>
internal sealed class SoakTallies
{
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public void Count(string what, long by = 1) => _counts.AddOrUpdate(what, by, (_, n) => n + by);

    public override string ToString() =>
        string.Join(", ", _counts
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:n0}"))
            .Order(StringComparer.Ordinal));
}
