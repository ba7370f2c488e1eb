namespace TlsProxy.Proxy.Http;

/// <summary>Patterns in which a <c>*</c> stands for any bytes.</summary>
internal static class Glob
{
    private static readonly byte[] Exact = [.. Enumerable.Range(0, 256).Select(octet => (byte)octet)];
    private static readonly byte[] CaseFolded =
        [.. Exact.Select(octet => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet)];

    /// <summary>Whether a text matches as a whole.</summary>
    /// <param name="ignoresCase">A–Z match a–z.</param>
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool ignoresCase = false) =>
        Matches(pattern, text, ignoresCase ? CaseFolded : Exact);

    /// <summary>Whether a text matches as a whole. The work is at most the product of both lengths.</summary>
    /// <param name="fold">What each byte counts as.</param>
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, byte[] fold)
    {
        int at = 0, read = 0, star = -1, resumed = 0;
        while (read < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                resumed = read;
            }
            else if (at < pattern.Length && fold[pattern[at]] == fold[text[read]])
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
