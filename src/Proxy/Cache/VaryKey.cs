using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>The request fields a response was selected by, with their values (RFC 9111, section 4.1).</summary>
internal sealed class VaryKey
{
    private static readonly VaryKey None = new([], []);

    private readonly byte[][] _names;
    private readonly byte[][] _values;

    private VaryKey(byte[][] names, byte[][] values)
    {
        _names = names;
        _values = values;
    }

    public static VaryKey Of(ResponseHead response, RequestHead request)
    {
        var names = new List<byte[]>();
        for (var i = response.Fields.Find(KnownField.Vary); i >= 0; i = response.Fields.Find(KnownField.Vary, i + 1))
        {
            var list = response.Fields.Value(i);
            while (Tokens.TryNext(ref list, out var name))
                names.Add(name.ToArray());
        }

        return names.Count == 0 ? None : new VaryKey([.. names], [.. names.Select(name => Combine(request.Fields, name))]);
    }

    /// <summary>Whether a request has the same values.</summary>
    public bool Matches(RequestHead request)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            var index = request.Fields.Find(_names[i]);
            if (index < 0)
            {
                if (_values[i].Length > 0)
                    return false;
            }
            else if (request.Fields.Find(_names[i], index + 1) >= 0)
            {
                if (!Combine(request.Fields, _names[i]).AsSpan().SequenceEqual(_values[i]))
                    return false;
            }
            else if (!request.Fields.Value(index).SequenceEqual(_values[i]))
            {
                return false;
            }
        }

        return true;
    }

    public bool SameAs(VaryKey other) => _names.Length == other._names.Length
        && _names.Zip(other._names).All(pair => Ascii.EqualsIgnoreCase(pair.First, pair.Second))
        && _values.Zip(other._values).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    /// <summary>All lines of a field as one list.</summary>
    private static byte[] Combine(FieldTable fields, byte[] name)
    {
        var combined = new List<byte>();
        for (var i = fields.Find(name); i >= 0; i = fields.Find(name, i + 1))
        {
            if (combined.Count > 0)
                combined.AddRange(", "u8);
            combined.AddRange(fields.Value(i));
        }

        return [.. combined];
    }
}
