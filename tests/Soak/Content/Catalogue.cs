using System.Globalization;

namespace TlsProxy.Soak.Content;

/// <summary>All targets of one soak, made from its seed. Together they are several times what the cache holds.</summary>
internal sealed class Catalogue
{
    private const int Count = 400;
    private readonly Dictionary<string, SoakTarget> _byPath;

    public Catalogue(int seed)
    {
        var random = new Random(seed);
        Targets = [.. Enumerable.Range(0, Count).Select(number => Make(number, random))];
        _byPath = Targets.ToDictionary(target => target.Path);
    }

    public IReadOnlyList<SoakTarget> Targets { get; }

    public SoakTarget? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>Some targets are asked for much more often than others, as in life.</summary>
    public SoakTarget Pick(Random random)
    {
        var far = random.NextDouble();
        return Targets[(int)(far * far * Count)];
    }

    private static SoakTarget Make(int number, Random random)
    {
        var length = random.Next(100) switch
        {
            < 3 => 0,
            < 40 => random.Next(1, 4096),
            < 75 => random.Next(4096, 65536),
            < 95 => random.Next(65536, 400_000),
            // Beyond --max-object-size: through a window, or in parts.
            _ => random.Next(Soak.MaxObjectSize + 1, 3 * Soak.MaxObjectSize),
        };
        int[] lifetimes = [0, 1, 2, 5, 30, 60];
        return new SoakTarget(
            string.Create(CultureInfo.InvariantCulture, $"/object/{number}-{random.Next():x8}"),
            length,
            lifetimes[random.Next(lifetimes.Length)],
            random.Next(3) == 0 ? 2 : 0,
            random.Next(2) == 0,
            random.Next(6) == 0,
            random.Next(5) > 0);
    }
}
