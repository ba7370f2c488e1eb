namespace TlsProxy.Proxy.Http;

/// <summary>Entity tags and their lists (RFC 9110, section 8.8.3).</summary>
internal static class EntityTags
{
    public static bool IsWeak(ReadOnlySpan<byte> tag) => tag.StartsWith("W/"u8);

    /// <summary>The same bytes, and neither is weak (RFC 9110, section 8.8.3.2).</summary>
    public static bool StronglyEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => !IsWeak(one) && one.SequenceEqual(other);

    /// <summary>The same bytes, weak or not.</summary>
    public static bool WeaklyEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => Opaque(one).SequenceEqual(Opaque(other));

    /// <summary>Takes the next tag off a list. Within quotes a backslash is like any other byte, so a tag isn't a quoted string.
    /// What isn't quoted is taken up to the next comma, since there are servers and clients that agree on such tags.</summary>
    public static bool TryNext(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> tag)
    {
        list = list.TrimStart(" \t,"u8);
        var start = IsWeak(list) ? 2 : 0;
        var end = list[start..] is [(byte)'"', .. var quoted] && quoted.IndexOf((byte)'"') is >= 0 and var length
            ? start + length + 2
            : list.IndexOf((byte)',') is >= 0 and var comma ? comma : list.Length;
        tag = Tokens.Trim(list[..end]);
        list = list[end..];
        return !tag.IsEmpty;
    }

    private static ReadOnlySpan<byte> Opaque(ReadOnlySpan<byte> tag) => IsWeak(tag) ? tag[2..] : tag;
}
