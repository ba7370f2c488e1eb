using System.CommandLine;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What is stored, and for how long.</summary>
/// <param name="Bytes">Bytes of all stored responses.</param>
/// <param name="Objects">Stored responses.</param>
/// <param name="ObjectBytes">Bytes of the largest body stored.</param>
/// <param name="DefaultLifetime">Of a GET 200 below /object/ whose origin says nothing.</param>
internal sealed record CacheOptions(long Bytes, int Objects, long ObjectBytes, TimeSpan DefaultLifetime);

/// <summary>The options behind <see cref="CacheOptions"/>.</summary>
internal sealed class CacheOptionGroup : OptionGroup
{
    private const int ObjectSizeDivisor = 8;

    private readonly Option<long> _size;
    private readonly Option<int> _objects;
    private readonly Option<long?> _objectSize;
    private readonly Option<TimeSpan> _defaultTtl;

    public CacheOptionGroup()
    {
        _size = Bytes("--cache-size", "Memory for stored responses; by default 1 GiB, but at most a quarter of the memory limit.", DefaultBytes);
        _objects = Number("--cache-objects", "Stored responses at most.", 1_000_000, 1, int.MaxValue);
        _objectSize = Bytes("--max-object-size", "Largest body stored; by default an eighth of the cache.");
        _defaultTtl = Duration(
            "--default-ttl", "How long a GET 200 below /object/ stays fresh when the origin doesn't say.", TimeSpan.FromSeconds(60));
    }

    private static long DefaultBytes => Math.Min(1L << 30, MemoryLimit.Bytes / 4);

    public CacheOptions Bind(ParseResult parsed)
    {
        var size = parsed.GetRequiredValue(_size);
        return new CacheOptions(
            size, parsed.GetRequiredValue(_objects), parsed.GetValue(_objectSize) ?? size / ObjectSizeDivisor, parsed.GetRequiredValue(_defaultTtl));
    }
}
