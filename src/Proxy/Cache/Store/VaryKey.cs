using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The request fields a response was selected by, with their values (RFC 9111, section 4.1). Many clients accept the same, so that
/// the keys of many entries are one object.</summary>
internal sealed class VaryKey : IEquatable<VaryKey>
{
    /// <summary>Bytes of a key that entries share; larger ones are one entry's alone, so that what strangers send takes little
    /// room.</summary>
    public const int CommonBytesMaximum = 1024;

    private static readonly VaryKey None = new([]);
    private static readonly CommonValues<VaryKey> s_common = new();

    private readonly SelectingField[] _fields;

    private VaryKey(SelectingField[] fields)
    {
        _fields = fields;
        AllocatedBytes = fields.Sum(field => field.AllocatedBytes);
    }

    /// <summary>Bytes of names and values with their objects; a stranger chooses how many and how long the values are. Entries that share
    /// a key count all of it each, since any of them may be the last.</summary>
    public long AllocatedBytes { get; }

    /// <summary>Whether the response depends on more than the request's fields; it is never reused then. X-Forwarded-For and X-Real-IP say
    /// as much: what the origin gets of them is the client's address. So does a member that is no field name: what it was meant to name
    /// isn't known.</summary>
    public static bool IsAnything(FieldTable response)
    {
        for (var i = response.Find(KnownField.Vary); i >= 0; i = response.Find(KnownField.Vary, i + 1))
        {
            var list = response.Value(i);
            while (Tokens.TryNext(ref list, out var name))
            {
                if (!Tokens.IsToken(name) || name.SequenceEqual("*"u8) || Ascii.EqualsIgnoreCase(name, "X-Forwarded-For"u8)
                    || Ascii.EqualsIgnoreCase(name, "X-Real-IP"u8))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether a response's Vary names all that a list names.</summary>
    public static bool NamesAll(FieldTable response, ReadOnlySpan<byte> list)
    {
        while (Tokens.TryNext(ref list, out var name))
        {
            var isNamed = false;
            for (var i = response.Find(KnownField.Vary); i >= 0 && !isNamed; i = response.Find(KnownField.Vary, i + 1))
                isNamed = Tokens.Contains(response.Value(i), name);
            if (!isNamed)
                return false;
        }

        return true;
    }

    /// <summary>The fields that Vary names, and Accept-Encoding for coded content: clients that can't read it mustn't get it, though many
    /// origins don't say so.</summary>
    /// <param name="others">Names of fields that select it beside those.</param>
    public static VaryKey Of(ResponseHead response, RequestHead request, params ReadOnlySpan<byte[]> others)
    {
        var fields = new List<SelectingField>();
        foreach (var name in others)
            Add(fields, name, request);
        for (var i = response.Fields.Find(KnownField.Vary); i >= 0; i = response.Fields.Find(KnownField.Vary, i + 1))
        {
            var list = response.Fields.Value(i);
            while (Tokens.TryNext(ref list, out var name))
                Add(fields, name.ToArray(), request);
        }

        if (ContentCodings.IsCoded(response.Fields))
            Add(fields, "Accept-Encoding"u8.ToArray(), request);
        if (fields.Count == 0)
            return None;
        var key = new VaryKey([.. fields]);
        return key.AllocatedBytes <= CommonBytesMaximum ? s_common.Of(key) : key;
    }

    /// <summary>Whether a field is among them.</summary>
    public bool Names(ReadOnlySpan<byte> field)
    {
        foreach (var known in _fields)
        {
            if (Ascii.EqualsIgnoreCase(known.Name, field))
                return true;
        }

        return false;
    }

    /// <summary>Whether a request has the same values.</summary>
    public bool Matches(RequestHead request)
    {
        foreach (var field in _fields)
        {
            if (!field.Matches(request.Fields))
                return false;
        }

        return true;
    }

    /// <summary>Whether both name the same fields, in whatever order, with the same values.</summary>
    public bool SameAs(VaryKey other) => _fields.Length == other._fields.Length && Array.TrueForAll(
        _fields, field => Array.Exists(other._fields, theirs => field.SameAs(theirs)));

    /// <summary>Whether both have the same bytes, so that one can stand for the other in all respects.</summary>
    public bool Equals(VaryKey? other)
    {
        if (other is null || _fields.Length != other._fields.Length)
            return false;
        for (var i = 0; i < _fields.Length; i++)
        {
            if (!_fields[i].Equals(other._fields[i]))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as VaryKey);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var field in _fields)
            hash.Add(field);
        return hash.ToHashCode();
    }

    private static void Add(List<SelectingField> fields, byte[] name, RequestHead request)
    {
        if (!fields.Exists(known => Ascii.EqualsIgnoreCase(known.Name, name)))
            fields.Add(SelectingField.Of(name, request.Fields));
    }
}
