using System.Buffers;
using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The grammar's small parts (RFC 9110, section 5.6).</summary>
internal static class Tokens
{
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    // field-content with obs-text (RFC 9110, section 5.5). Other control bytes may be kept by a recipient; here they are refused.
    private static readonly SearchValues<byte> FieldBytes =
        SearchValues.Create(
            [.. Enumerable.Range(0, 256).Where(octet => octet is '\t' or >= 0x20 and not 0x7F).Select(octet => (byte)octet)]);

    public static bool IsToken(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && !bytes.ContainsAnyExcept(TokenBytes);

    public static bool IsTokenByte(byte octet) => TokenBytes.Contains(octet);

    /// <summary>Whether a field value has no byte that could end its line, or that another parser could read as the end.</summary>
    public static bool IsFieldValue(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept(FieldBytes);

    public static bool IsFieldByte(byte octet) => FieldBytes.Contains(octet);

    /// <summary>Without optional white space (SP and HTAB) at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes) => bytes.Trim(" \t"u8);

    /// <summary>Whether a comma-separated list of tokens names one, whatever its case.</summary>
    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        while (TryNext(ref list, out var member))
        {
            if (Ascii.EqualsIgnoreCase(member, token))
                return true;
        }

        return false;
    }

    /// <summary>Takes the next member off a comma-separated list; commas within quoted strings don't separate.
    /// Empty members are skipped.</summary>
    public static bool TryNext(scoped ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> member)
    {
        while (!list.IsEmpty)
        {
            var end = EndOfMember(list);
            member = Trim(list[..end]);
            list = end == list.Length ? default : list[(end + 1)..];
            if (!member.IsEmpty)
                return true;
        }

        member = default;
        return false;
    }

    private static int EndOfMember(ReadOnlySpan<byte> list)
    {
        var quoted = false;
        for (var i = 0; i < list.Length; i++)
        {
            switch (list[i])
            {
                case (byte)'"':
                    quoted = !quoted;
                    break;
                case (byte)'\\' when quoted:
                    i++;
                    break;
                case (byte)',' when !quoted:
                    return i;
            }
        }

        return list.Length;
    }
}
