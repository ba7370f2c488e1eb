using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Which trailers are passed on (RFC 9110, sections 6.5.1 and 7.6.1).</summary>
internal static class TrailerFields
{
    /// <summary>Whether a trailer of this name only informs. A field that frames, routes, describes the content or steers a cache belongs
    /// before the body, where everybody looks for it.</summary>
    public static bool MayPass(ReadOnlySpan<byte> name) => KnownFields.Of(name) == KnownField.None && !KnownFields.IsEndToEnd(name);

    /// <summary>The trailers that a head names by Connection, which concern its connection alone: a list of names, for when the head is
    /// gone.</summary>
    /// <returns>Empty where it names none, without an allocation.</returns>
    public static byte[] NamedIn(FieldTable head)
    {
        var length = CopyNames(head, default);
        if (length == 0)
            return [];
        var names = new byte[length];
        CopyNames(head, names);
        return names;
    }

    /// <returns>Bytes of all names with their commas.</returns>
    private static int CopyNames(FieldTable head, Span<byte> destination)
    {
        var length = 0;
        for (var i = head.Find(KnownField.Connection); i >= 0; i = head.Find(KnownField.Connection, i + 1))
        {
            var list = head.Value(i);
            while (Tokens.TryNext(ref list, out var option))
            {
                if (!Tokens.IsToken(option) || !MayPass(option) || Ascii.EqualsIgnoreCase(option, "close"u8))
                    continue;
                if (!destination.IsEmpty)
                {
                    option.CopyTo(destination[length..]);
                    destination[length + option.Length] = (byte)',';
                }

                length += option.Length + 1;
            }
        }

        return length;
    }
}
