using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Names of fields, each in all spellings that an origin could take for it: those that hand fields on as variables make no
/// difference between - and _, nor of case (RFC 3875, section 4.1.18).</summary>
internal sealed class FieldNames(IEnumerable<string> names)
{
    private readonly byte[][] _names = [.. names.Select(Encoding.ASCII.GetBytes)];

    public static FieldNames None { get; } = new([]);

    public bool Contains(ReadOnlySpan<byte> name)
    {
        foreach (var known in _names)
        {
            if (AreAlike(known, name))
                return true;
        }

        return false;
    }

    /// <summary>Whether a message has any of the fields.</summary>
    public bool IsAnyIn(FieldTable fields)
    {
        for (var i = 0; i < fields.Count && _names.Length > 0; i++)
        {
            if (Contains(fields.Name(i)))
                return true;
        }

        return false;
    }

    /// <summary>Whether an origin could take one name for another.</summary>
    public static bool AreAlike(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other)
    {
        if (name.Length != other.Length)
            return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (Fold(name[i]) != Fold(other[i]))
                return false;
        }

        return true;
    }

    private static byte Fold(byte octet) => octet switch
    {
        (byte)'_' => (byte)'-',
        >= (byte)'A' and <= (byte)'Z' => (byte)(octet | 0x20),
        _ => octet,
    };
}
