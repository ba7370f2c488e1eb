using System.Buffers.Text;
using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Rules;

/// <summary>Names of cookies, in which a <c>*</c> stands for any bytes.</summary>
internal sealed class CookiePatterns(IEnumerable<string> patterns)
{
    // Longer names than any in use are taken for a match, so that their folded form fits the stack.
    private const int FoldedMaximum = 256;

    private readonly byte[][] _patterns = [.. patterns.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether a request has any of the cookies, in a spelling that an origin may take for it: case, commas between cookies,
    /// encoded names, brackets, and dots and spaces that PHP turns into underscores don't hide one.</summary>
    public bool AreAnyIn(FieldTable request)
    {
        for (var i = request.Find(KnownField.Cookie); i >= 0; i = request.Find(KnownField.Cookie, i + 1))
        {
            var rest = request.Value(i);
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOfAny((byte)';', (byte)',');
                var name = NameOf(end < 0 ? rest : rest[..end]);
                if (Matches(name, ignoresCase: true) || IsDisguised(name))
                    return true;
                rest = end < 0 ? default : rest[(end + 1)..];
            }
        }

        return false;
    }

    /// <summary>Takes the cookies out of a request. Nothing is allocated.</summary>
    public void RemoveFrom(FieldTable request)
    {
        for (var i = request.Count - 1; i >= 0; i--)
        {
            if (request.Known(i) != KnownField.Cookie)
                continue;
            var value = request.ValueBytes(i);
            var kept = Keep(value);
            if (kept == 0)
                request.Remove(i);
            else if (kept < value.Length)
                request.Shorten(i, kept);
        }
    }

    /// <summary>Moves the cookies that stay to the front.</summary>
    /// <returns>Their bytes.</returns>
    private int Keep(Span<byte> value)
    {
        var kept = 0;
        for (var start = 0; start < value.Length;)
        {
            var length = value[start..].IndexOf((byte)';');
            var end = length < 0 ? value.Length : start + length;
            var cookie = value[start..end];
            start = end + 1;
            if (Tokens.Trim(cookie).IsEmpty || Matches(NameOf(cookie), ignoresCase: false))
                continue;
            if (kept == 0)
                cookie = cookie.TrimStart(" \t"u8);
            else
                value[kept++] = (byte)';';
            cookie.CopyTo(value[kept..]);
            kept += cookie.Length;
        }

        return kept;
    }

    /// <summary>A cookie without a name is one whose value some read as the name.</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> cookie)
    {
        var equals = cookie.IndexOf((byte)'=');
        return Tokens.Trim(equals < 0 ? cookie : cookie[..equals]);
    }

    private bool Matches(ReadOnlySpan<byte> name, bool ignoresCase)
    {
        foreach (var pattern in _patterns)
        {
            if (Glob.Matches(pattern, name, ignoresCase))
                return true;
        }

        return false;
    }

    private bool IsDisguised(ReadOnlySpan<byte> name)
    {
        if (!name.ContainsAny("%+. ["u8))
            return false;
        if (name.Length > FoldedMaximum)
            return true;
        Span<byte> folded = stackalloc byte[name.Length];
        int length = 0, array = 0;
        for (var i = 0; i < name.Length; i++)
        {
            var octet = name[i];
            if (octet == '%' && i + 2 < name.Length
                && Utf8Parser.TryParse(name.Slice(i + 1, 2), out byte decoded, out var used, 'x') && used == 2)
            {
                octet = decoded;
                i += 2;
            }

            array = array == 0 && octet == '[' ? length : array;
            folded[length++] = octet is (byte)'.' or (byte)' ' or (byte)'+' or (byte)'[' ? (byte)'_' : octet;
        }

        // PHP makes a[b] a member of the cookie a.
        return Matches(folded[..length], ignoresCase: true) || (array > 0 && Matches(folded[..array], ignoresCase: true));
    }
}
