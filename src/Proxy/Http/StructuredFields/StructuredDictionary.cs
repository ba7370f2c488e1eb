using System.Text;

namespace TlsProxy.Proxy.Http.StructuredFields;

/// <summary>A structured field that is a dictionary (RFC 9651, section 3.2). Of a repeated key the last value counts.</summary>
internal static class StructuredDictionary
{
    /// <summary>Reads all lines of a field, joined by commas.</summary>
    /// <returns>The members in the order of their first occurrence, or null where the field is malformed anywhere.</returns>
    public static IReadOnlyList<KeyValuePair<string, StructuredValue>>? Parse(ReadOnlySpan<byte> field)
    {
        var members = new List<KeyValuePair<string, StructuredValue>>();
        var reader = new StructuredReader(field);
        reader.SkipSpaces();
        while (!reader.AtEnd)
        {
            if (!reader.TryReadKey(out var key))
                return null;
            var value = StructuredValue.True;
            if (!(reader.TryTake((byte)'=') ? reader.TryReadMember(out value) : reader.TrySkipParameters()))
                return null;
            Set(members, Encoding.ASCII.GetString(key), value);
            reader.SkipOptionalWhiteSpace();
            if (reader.AtEnd)
                break;
            if (!reader.TryTake((byte)','))
                return null;
            reader.SkipOptionalWhiteSpace();
            if (reader.AtEnd)
                return null;
        }

        return members;
    }

    private static void Set(List<KeyValuePair<string, StructuredValue>> members, string key, in StructuredValue value)
    {
        var member = KeyValuePair.Create(key, value);
        var index = members.FindIndex(known => known.Key == key);
        if (index < 0)
            members.Add(member);
        else
            members[index] = member;
    }
}
