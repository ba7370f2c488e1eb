using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>What a route changes at the beginning of a path, and back again in the URLs that the origin names. Whole segments change. The
/// cache's key keeps the path of the client.</summary>
internal sealed class PrefixChange
{
    private const byte Slash = (byte)'/';

    private readonly byte[] _stripped;
    private readonly byte[] _added;

    /// <param name="stripped">Begins with a slash and doesn't end in one; empty for nothing.</param>
    /// <param name="added">The same.</param>
    public PrefixChange(ReadOnlySpan<byte> stripped, ReadOnlySpan<byte> added)
    {
        _stripped = stripped.ToArray();
        _added = added.ToArray();
    }

    /// <summary>Changes nothing.</summary>
    public static PrefixChange None { get; } = new([], []);

    private bool ChangesNothing => _stripped.Length + _added.Length == 0;

    /// <summary>The target that the origin is sent.</summary>
    /// <param name="target">Path and query of the client, or <c>*</c>.</param>
    /// <returns>Empty where the path is written so that its prefix can't be taken off: it leads out of the prefix, or encodes it.</returns>
    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> target) =>
        ChangesNothing || target.Span is not [Slash, ..] ? target : Change(target.Span);

    /// <summary>The path by which a client reaches what the origin calls by its own: the added prefix off, the stripped one on.</summary>
    /// <param name="path">A path with what follows it, or nothing.</param>
    /// <returns>Null where the path stays as it is.</returns>
    public byte[]? TryRestore(ReadOnlySpan<byte> path)
    {
        if (ChangesNothing || !StartsWithSegments(path, _added))
            return null;
        var rest = path[_added.Length..];
        return _stripped.Length == 0 && rest is not [Slash, ..] ? [Slash, .. rest] : [.. _stripped, .. rest];
    }

    private ReadOnlyMemory<byte> Change(ReadOnlySpan<byte> target)
    {
        if (!StartsWithSegments(target, _stripped))
            return IsReadAsStripped(target) ? ReadOnlyMemory<byte>.Empty : Joined(_added, target);
        var rest = target[_stripped.Length..];
        byte[] changed = rest is [Slash, ..] ? Joined(_added, rest) : Joined(_added, [Slash, .. rest]);
        // Behind the prefix a path may climb above the root, which TargetRules has refused only for the whole.
        return TargetRules.Check(changed.AsSpan(_added.Length)) == Refusal.None ? changed : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>Whether an origin or a proxy in front of it may read the path as one below the prefix, though it is written otherwise.
    /// </summary>
    private bool IsReadAsStripped(ReadOnlySpan<byte> target)
    {
        var path = RoutedPath.Of(target);
        return !PathReading.IsPlain(path) && StartsWithSegments(RoutedPath.Read(path), _stripped);
    }

    private static bool StartsWithSegments(ReadOnlySpan<byte> path, ReadOnlySpan<byte> prefix) =>
        path.StartsWith(prefix) && (path.Length == prefix.Length || path[prefix.Length] is Slash or (byte)'?' or (byte)'#');

    private static byte[] Joined(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> rest) => [.. prefix, .. rest];
}
