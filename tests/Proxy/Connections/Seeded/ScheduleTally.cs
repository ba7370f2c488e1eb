namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>How often what the schedules are for has happened, over all of them.</summary>
internal sealed class ScheduleTally
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Add(string what, long count) => _counts[what] = _counts.GetValueOrDefault(what) + count;

    public IEnumerable<KeyValuePair<string, long>> Counts => _counts;

    public long this[string what] => _counts.GetValueOrDefault(what);

    public override string ToString() => string.Join(", ", _counts.Select(count => $"{count.Key} {count.Value}"));
}
