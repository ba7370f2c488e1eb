using System.Collections.Concurrent;

namespace TlsProxy.Proxy.Telemetry;

/// <summary>Counts by name, for all workers together. Names beyond a limit share one count,
/// so that nobody can fill the memory with them.</summary>
internal sealed class Tally
{
    /// <summary>Bytes of a full tally, as allocated.</summary>
    public const int BytesMaximum = (NamesMaximum + 1) * 384;

    private const int NamesMaximum = 64;

    // Names are those of libssl and reasons of our own; a longer one counts among the others.
    private const int NameLengthMaximum = 96;
    private const string Others = "others";

    private readonly ConcurrentDictionary<string, long> _counts = new();

    public IEnumerable<KeyValuePair<string, long>> Counts => _counts.OrderBy(count => count.Key, StringComparer.Ordinal);

    public void Count(string name)
    {
        var counted = _counts.ContainsKey(name) || (_counts.Count < NamesMaximum && name.Length <= NameLengthMaximum) ? name : Others;
        _counts.AddOrUpdate(counted, 1, static (_, count) => count + 1);
    }
}
