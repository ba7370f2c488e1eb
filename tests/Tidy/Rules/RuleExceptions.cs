using System.Globalization;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>
/// Breaches that were there when a rule was made: <c>exceptions.txt</c>, with lines of a rule's class, a path and a count.
/// Nothing is added to it. A count that is higher than the tree's is stale, and fails as a breach does.
/// </summary>
internal sealed class RuleExceptions
{
    private readonly Dictionary<(string Rule, string Path), int> _counts = [];

    public RuleExceptions(IEnumerable<string> lines)
    {
        foreach (var line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            var parts = line.Split(' ');
            _counts.Add((parts[0], parts[1]), int.Parse(parts[2], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>What to say of a rule in a tree where it found those breaches; empty when all is as it should be.</summary>
    /// <param name="rule">The name of the rule's class.</param>
    /// <param name="found">Every breach, by path.</param>
    public IEnumerable<string> Judge(string rule, ILookup<string, Breach> found)
    {
        foreach (var file in found.Where(file => Sum(file) > Count(rule, file.Key)))
            foreach (var breach in file)
                yield return $"{file.Key}:{breach.Line}: {breach.What} (exceptions allow {Count(rule, file.Key)} of {Sum(file)})";
        foreach (var ((of, path), count) in _counts)
            if (of == rule && count > Sum(found[path]))
                yield return $"exceptions.txt: {rule} {path} {count} is stale, there are {Sum(found[path])}: run scripts/check --shrink";
    }

    /// <summary>Lowers the counts of a rule to what is there, and raises none.</summary>
    public void Shrink(string rule, ILookup<string, Breach> found)
    {
        foreach (var (key, count) in _counts.Where(exception => exception.Key.Rule == rule).ToArray())
        {
            var left = Math.Min(count, Sum(found[key.Path]));
            if (left > 0)
                _counts[key] = left;
            else
                _counts.Remove(key);
        }
    }

    public IEnumerable<string> Lines() =>
        _counts
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key.Rule} {one.Key.Path} {one.Value}"))
            .Order(StringComparer.Ordinal);

    private static int Sum(IEnumerable<Breach> breaches) => breaches.Sum(breach => breach.Amount);

    private int Count(string rule, string path) => _counts.GetValueOrDefault((rule, path));
}
