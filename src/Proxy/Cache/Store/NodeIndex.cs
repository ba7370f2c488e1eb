using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Memory;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>Finds nodes by their keys and keeps their lifetimes, in one MemoryCache or in several among which the keys are shared out. A
/// MemoryCache that grows copies what it holds in one step, for which all wait that write: a share of a large cache is copied in a
/// millisecond or two. Any thread may look; what changes is changed under the gate of the cache.</summary>
internal sealed class NodeIndex : IDisposable
{
    /// <summary>As many nodes are copied without a stop that clients would notice.</summary>
    public const int UndividedMaximum = 100_000;

    private const int Shares = 64;

    private readonly MemoryCache[] _shares;

    /// <param name="nodesMaximum">Nodes that it will hold, at most.</param>
    public NodeIndex(int nodesMaximum)
    {
        _shares = new MemoryCache[nodesMaximum > UndividedMaximum ? Shares : 1];
        for (var i = 0; i < _shares.Length; i++)
        {
            // What has expired is found by the wheel, and no share ever has to be searched for it.
            _shares[i] = new MemoryCache(new MemoryCacheOptions { ExpirationScanFrequency = TimeSpan.MaxValue });
        }
    }

    /// <summary>Nodes in the fullest share.</summary>
    public int LargestShare => _shares.Max(share => share.Count);

    public CacheNode? Find(ReadOnlySpan<char> key) => ShareOf(key).TryGetValue(key, out var value) ? value as CacheNode : null;

    /// <param name="until">From when on it isn't found any more, in milliseconds since 1970.</param>
    public void Set(CacheNode node, long until) =>
        ShareOf(node.Key).Set(node.Key, node, DateTimeOffset.FromUnixTimeMilliseconds(until));

    public void Remove(string key) => ShareOf(key).Remove(key);

    public void Dispose()
    {
        foreach (var share in _shares)
            share.Dispose();
    }

    private MemoryCache ShareOf(ReadOnlySpan<char> key) => _shares.Length == 1 ? _shares[0] : _shares[Hash(key) % Shares];

    /// <summary>A hash in some nanoseconds, since every hit needs one. Keys that were made to fall into one share make its growth as slow
    /// as that of an undivided index, and nothing else.</summary>
    private static uint Hash(ReadOnlySpan<char> key)
    {
        var words = MemoryMarshal.Cast<char, ulong>(key);
        var hash = uint.MaxValue;
        foreach (var word in words)
            hash = BitOperations.Crc32C(hash, word);
        foreach (var character in key[(words.Length * (sizeof(ulong) / sizeof(char)))..])
            hash = BitOperations.Crc32C(hash, character);
        return hash;
    }
}
