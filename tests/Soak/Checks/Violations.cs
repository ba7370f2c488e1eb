using System.Collections.Concurrent;

namespace TlsProxy.Soak.Checks;

/// <summary>What wasn't right, as sentences. A soak without any has passed.</summary>
internal sealed class Violations
{
    private const int KeptAtMost = 50;
    private readonly ConcurrentQueue<string> _kept = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public IEnumerable<string> Kept => _kept;

    public void Add(string sentence)
    {
        if (Interlocked.Increment(ref _count) <= KeptAtMost)
            _kept.Enqueue(sentence);
    }
}
