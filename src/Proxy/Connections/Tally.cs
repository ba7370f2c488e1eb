using System.Collections.Concurrent;

namespace TlsProxy.Proxy.Connections;

/// <summary>Counts by name, for all workers together. Names beyond a limit share one count, so that nobody can fill the memory with them.</summary>
internal sealed class Tally
{
    private const int NamesMaximum = 64;
    private const string Others = "others";

    private readonly ConcurrentDictionary<string, long> _counts = new();

    public IEnumerable<KeyValuePair<string, long>> Counts => _counts.OrderBy(count => count.Key, StringComparer.Ordinal);

    public void Count(string name)
    {
        var counted = _counts.ContainsKey(name) || _counts.Count < NamesMaximum ? name : Others;
        _counts.AddOrUpdate(counted, 1, static (_, count) => count + 1);
    }
}
