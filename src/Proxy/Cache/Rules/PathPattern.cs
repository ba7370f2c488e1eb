using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Rules;

/// <summary>Paths by their beginning, or, where there is a <c>*</c>, by the whole: a <c>*</c> stands for any bytes, slashes too.</summary>
internal sealed class PathPattern
{
    private readonly byte[] _pattern;
    private readonly bool _isGlob;
    private readonly bool _ignoresCase;
    private readonly string _text;

    /// <param name="pattern">Percent-encoded or not: what is compared is decoded.</param>
    /// <param name="ignoresCase">A–Z match a–z.</param>
    public PathPattern(string pattern, bool ignoresCase = false)
    {
        _text = pattern;
        _pattern = Decode(Encoding.UTF8.GetBytes(pattern));
        _isGlob = _pattern.AsSpan().Contains((byte)'*');
        _ignoresCase = ignoresCase;
    }

    public override string ToString() => _text;

    /// <summary>The extension that all paths have which match, such as <c>css</c>; null where there is none.</summary>
    public string? Extension
    {
        get
        {
            var text = Encoding.Latin1.GetString(_pattern);
            var end = text[(text.LastIndexOf('*') + 1)..];
            var dot = end.LastIndexOf('.');
            return _isGlob && dot >= 0 && !end.Contains('/', StringComparison.Ordinal) ? end[(dot + 1)..] : null;
        }
    }

    /// <summary>Whether it is a pattern of whole paths that says how they end, such as <c>*.php</c>.</summary>
    public bool HasEnd => _isGlob && _pattern[^1] != (byte)'*';

    /// <summary>The pattern of paths that go on behind one which matches, as those of a script with path information do (RFC 3875, section
    /// 4.1.5).</summary>
    public PathPattern Below => new(_text + "/*", _ignoresCase);

    /// <summary>Whether a path, decoded and without its query, matches.</summary>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        if (_isGlob)
            return Glob.Matches(_pattern, path, _ignoresCase);
        return path.Length >= _pattern.Length && AreEqual(path[.._pattern.Length], _pattern, _ignoresCase);
    }

    private static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, bool ignoresCase) =>
        ignoresCase ? AreEqualFolded(left, right) : left.SequenceEqual(right);

    // Ascii.EqualsIgnoreCase takes no octet above 0x7F for equal to another.
    private static bool AreEqualFolded(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (Lower(left[i]) != Lower(right[i]))
                return false;
        }

        return true;
    }

    private static byte Lower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;

    private static byte[] Decode(byte[] pattern)
    {
        var decoded = new List<byte>();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '%' && i + 2 < pattern.Length
                && byte.TryParse(pattern.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                decoded.Add(octet);
                i += 2;
            }
            else
            {
                decoded.Add(pattern[i]);
            }
        }

        return [.. decoded];
    }
}
