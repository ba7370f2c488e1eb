using System.Reflection;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Testing.Lives;

/// <summary>The fields that may differ after a life, each with its reason. One that never does is stale.</summary>
public sealed class SurvivingFields
{
    private readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<object, object>> _partners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<object, int>> _natives = new(StringComparer.Ordinal);
    private readonly HashSet<string> _differed = new(StringComparer.Ordinal);

    /// <summary>Names of fields that were never seen to differ, or never seen at all.</summary>
    public IEnumerable<string> Stale => _reasons.Keys.Concat(_partners.Keys).Concat(_natives.Keys).Except(_differed);

    /// <summary>The type and the field, or the property that a field is behind.</summary>
    public static string NameOf(FieldInfo field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
        return $"{field.DeclaringType!.Name}.{name}";
    }

    /// <summary>A field that may differ.</summary>
    public SurvivingFields With(string field, string reason)
    {
        _reasons.Add(field, reason);
        return this;
    }

    /// <summary>A field that is null until it is first wanted; what it holds then is compared with a new one.</summary>
    /// <param name="create">Makes that, for the object whose field it is.</param>
    public SurvivingFields WithLazy(string field, Func<object, object> create)
    {
        _partners.Add(field, create);
        return this;
    }

    /// <summary>A field that holds the address of memory outside the managed heap, whose bytes are compared instead.</summary>
    /// <param name="field">The type of the object, though a base may declare the field, and the field.</param>
    /// <param name="length">How many bytes, for the object whose field it is.</param>
    public SurvivingFields WithNative(string field, Func<object, int> length)
    {
        _natives.Add(field, length);
        return this;
    }

    /// <summary>A field that holds the address of a value outside the managed heap.</summary>
    public SurvivingFields WithNative(string field, Type type) => WithNative(field, _ => NativeBytes.SizeOf(type));

    internal NativeBytes? NativeOf(FieldInfo field, object? value, object owner)
    {
        var name = $"{owner.GetType().Name}.{field.Name}";
        if (!_natives.TryGetValue(name, out var length))
            return null;
        _differed.Add(name);
        return new NativeBytes((nint)value!, length(owner));
    }

    internal bool MayDiffer(string field, Func<bool> differs)
    {
        if (!_reasons.ContainsKey(field))
            return false;
        if (!_differed.Contains(field) && differs())
            _differed.Add(field);
        return true;
    }

    internal object? PartnerOf(string field, object? was, object? should, object owner)
    {
        if (was is null || should is not null || !_partners.TryGetValue(field, out var create))
            return null;
        _differed.Add(field);
        return create(owner);
    }
}
