using System.Text;

namespace TlsProxy.Proxy.Cache;

/// <summary>Paths by their beginning, or, where there is a <c>*</c>, by the whole: a <c>*</c> stands for any bytes, slashes too. Case counts.</summary>
internal sealed class PathPattern
{
    private readonly byte[] _pattern;
    private readonly bool _isGlob;

    public PathPattern(string pattern)
    {
        _pattern = Encoding.UTF8.GetBytes(pattern);
        _isGlob = _pattern.AsSpan().Contains((byte)'*');
    }

    public override string ToString() => Encoding.UTF8.GetString(_pattern);

    /// <summary>Whether a path, without its query, matches.</summary>
    public bool Matches(ReadOnlySpan<byte> path) => _isGlob ? MatchesGlob(_pattern, path) : path.StartsWith(_pattern);

    /// <summary>Whether a text matches as a whole. The work is at most the product of both lengths.</summary>
    public static bool MatchesGlob(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        int at = 0, read = 0, star = -1, resumed = 0;
        while (read < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                resumed = read;
            }
            else if (at < pattern.Length && pattern[at] == text[read])
            {
                at++;
                read++;
            }
            else if (star >= 0)
            {
                // The last star takes one byte more.
                at = star + 1;
                read = ++resumed;
            }
            else
            {
                return false;
            }
        }

        return !pattern[at..].ContainsAnyExcept((byte)'*');
    }
}
