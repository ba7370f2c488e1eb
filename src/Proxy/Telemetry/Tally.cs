using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Telemetry;

/// <summary>Counts by name, written by the thread of one worker and read by any. Names beyond a limit share one count, so that nobody can
/// fill the memory with them.</summary>
internal sealed class Tally
{
    /// <summary>Bytes of a full tally, as allocated.</summary>
    public const int BytesMaximum = (NamesMaximum + 1) * 384;

    private const int NamesMaximum = 64;

    // Names are those of libssl and reasons of our own; a longer one counts among the others.
    private const int NameLengthMaximum = 96;
    private const string Others = "others";

    // One more, for the others.
    private readonly string[] _names = new string[NamesMaximum + 1];
    private readonly CounterCells _counts = new(NamesMaximum + 1);

    // Written by the worker's thread behind the name, so that readers on other threads find a name for each count.
    private int _used;

    public IEnumerable<KeyValuePair<string, long>> Counts
    {
        get
        {
            // What the worker's thread wrote before this word is there.
            var used = Volatile.Read(ref _used);
            return Enumerable.Range(0, used).Select(i => KeyValuePair.Create(_names[i], _counts[i]))
                .OrderBy(count => count.Key, StringComparer.Ordinal);
        }
    }

    /// <summary>What several workers have counted.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Merge(IEnumerable<Tally> tallies) => tallies.SelectMany(tally => tally.Counts)
        .GroupBy(count => count.Key, StringComparer.Ordinal)
        .Select(counts => KeyValuePair.Create(counts.Key, counts.Sum(count => count.Value)))
        .OrderBy(count => count.Key, StringComparer.Ordinal);

    public void Count(string name)
    {
        var place = PlaceOf(name);
        if (place < 0 && (_used >= NamesMaximum || name.Length > NameLengthMaximum))
        {
            name = Others;
            place = PlaceOf(name);
        }

        if (place < 0)
        {
            place = _used;
            _names[place] = name;
            // The name comes before the word that lets readers on other threads look for it.
            Volatile.Write(ref _used, place + 1);
        }

        _counts.Add(place);
    }

    private int PlaceOf(string name) => Array.IndexOf(_names, name, 0, _used);
}
