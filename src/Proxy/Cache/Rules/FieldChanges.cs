using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Rules;

/// <summary>Fields that a rule takes out of a message and puts in.</summary>
/// <param name="removed">Names.</param>
/// <param name="set">Names and values, each in place of all lines of its name.</param>
internal sealed class FieldChanges(IEnumerable<string> removed, IReadOnlyList<KeyValuePair<string, string>> set)
{
    private readonly FieldNames _names = new([.. removed, .. set.Select(field => field.Key)]);
    private readonly (byte[] Name, byte[] Value)[] _set =
        [.. set.Select(field => (Encoding.ASCII.GetBytes(field.Key), Encoding.Latin1.GetBytes(field.Value)))];

    /// <summary>The names of all that is changed: a message has no line of these but those that are put in.</summary>
    public FieldNames Names => _names;

    /// <summary>Whether a rule may change a field: not one that frames the message, belongs to one connection, is a condition or a range,
    /// names the target, or is the proxy's own.</summary>
    public static bool MayChange(ReadOnlySpan<byte> name)
    {
        var known = KnownFields.Of(name);
        return !KnownFields.IsHopByHop(known) && known is not (KnownField.ContentLength or KnownField.ContentRange or KnownField.Host
            or KnownField.Expect or KnownField.MaxForwards or KnownField.Range or KnownField.IfRange or KnownField.IfMatch
            or KnownField.IfNoneMatch or KnownField.IfModifiedSince or KnownField.IfUnmodifiedSince
            or KnownField.Age or KnownField.Date or KnownField.Via or KnownField.CacheStatus);
    }

    /// <summary>Takes the fields out of a client's request: the origin doesn't get the client's, so they mustn't select a response. Nothing
    /// is allocated.</summary>
    public void TakeFrom(FieldTable request)
    {
        for (var i = request.Count - 1; i >= 0; i--)
        {
            if (_names.Contains(request.Name(i)))
                request.Remove(i);
        }
    }

    /// <summary>Changes a message that is made or has come, field by field.</summary>
    public void ApplyTo(FieldTable fields)
    {
        TakeFrom(fields);
        foreach (var (name, value) in _set)
            fields.Add(name, value);
    }
}
