namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The whole responses of a node as they were at one moment, the latest first. Most nodes have one, and no array of it.</summary>
internal readonly struct NodeVariants
{
    private readonly CacheEntry? _only;
    private readonly CacheEntry[] _several;

    private NodeVariants(CacheEntry? only, CacheEntry[] several)
    {
        _only = only;
        _several = several;
    }

    public int Count => _only is null ? _several.Length : 1;

    public CacheEntry this[int index] => _only ?? _several[index];

    /// <summary>Those in what a node holds.</summary>
    /// <param name="content">A <see cref="CacheEntry"/>, a <see cref="NodeContent"/>, or null.</param>
    public static NodeVariants In(object? content) =>
        content is CacheEntry only ? new(only, []) : new(null, content is NodeContent { Variants: var several } ? several : []);

    public bool Contains(CacheEntry entry) => _only is null ? Array.IndexOf(_several, entry) >= 0 : _only == entry;

    public bool Exists(Predicate<CacheEntry> matches) => _only is null ? Array.Exists(_several, matches) : matches(_only);

    public CacheEntry[] ToArray() => _only is null ? _several : [_only];
}
