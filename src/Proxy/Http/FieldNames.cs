using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Names of fields, in which a <c>*</c> stands for any bytes. Case makes no difference, nor does - or _, as in the variables of
/// CGI (RFC 3875, section 4.1.18): a client's field with _ isn't forwarded, but an operator may write a name as the origin's program
/// does.</summary>
internal sealed class FieldNames(IEnumerable<string> names)
{
    private static readonly byte[] Folded = [.. Enumerable.Range(0, 256).Select(octet => Fold((byte)octet))];

    private readonly byte[][] _names = [.. names.Where(name => !IsPattern(name)).Select(Encoding.ASCII.GetBytes)];
    private readonly byte[][] _patterns = [.. names.Where(IsPattern).Select(Encoding.ASCII.GetBytes)];

    public static FieldNames None { get; } = new([]);

    /// <summary>Whether a name stands for several.</summary>
    public static bool IsPattern(string name) => name.Contains('*', StringComparison.Ordinal);

    public bool Contains(ReadOnlySpan<byte> name)
    {
        foreach (var known in _names)
        {
            if (AreAlike(known, name))
                return true;
        }

        foreach (var pattern in _patterns)
        {
            // Most patterns say how a name ends, and most names end otherwise.
            if ((pattern[^1] == (byte)'*' || Folded[pattern[^1]] == Folded[name[^1]]) && Glob.Matches(pattern, name, Folded))
                return true;
        }

        return false;
    }

    /// <summary>Whether a message has any of the fields.</summary>
    public bool IsAnyIn(FieldTable fields)
    {
        for (var i = 0; i < fields.Count && _names.Length + _patterns.Length > 0; i++)
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
            if (Folded[name[i]] != Folded[other[i]])
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
