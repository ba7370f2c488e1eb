using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Testing.Lives;

/// <summary>Compares an object whose life has ended with one that hasn't lived: every instance field, and those of what it owns.</summary>
/// <param name="survivors">The fields that may differ.</param>
public sealed class LifeComparison(SurvivingFields survivors)
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Looking for them takes longer than comparing what they hold.
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();

    private readonly HashSet<(object, object)> _compared = new(PairIdentity.Instance);
    private readonly List<string> _differences = [];

    /// <summary>What of a life is still there, each with its path.</summary>
    public IReadOnlyList<string> Differences(object ended, object fresh)
    {
        ArgumentNullException.ThrowIfNull(ended);
        _compared.Clear();
        _differences.Clear();
        CompareFields(ended.GetType().Name, ended, fresh);
        return _differences;
    }

    /// <summary>The fields of a type with those of its bases.</summary>
    public static IReadOnlyList<FieldInfo> FieldsOf(Type type) => s_fields.GetOrAdd(type, static type => [.. Collect(type)]);

    private static IEnumerable<FieldInfo> Collect(Type type)
    {
        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            foreach (var field in declaring.GetFields(Declared))
                yield return field;
        }
    }

    private void CompareFields(string path, object ended, object fresh)
    {
        if (!ended.GetType().IsValueType && !_compared.Add((ended, fresh)))
            return;
        foreach (var field in FieldsOf(ended.GetType()))
        {
            var name = SurvivingFields.NameOf(field);
            var (was, should) = (Read(field, ended), Read(field, fresh));
            if (survivors.PartnerOf(name, was, should, ended) is { } partner)
                should = partner;
            if (!survivors.MayDiffer(name, () => IsDifferent(was, should)))
                Compare($"{path}.{NameOnly(field)}", was, should);
        }
    }

    private void Compare(string path, object? was, object? should)
    {
        if (ReferenceEquals(was, should))
            return;
        if (was is NativeBytes)
        {
            CompareNative(path, (NativeBytes)was, (NativeBytes)should!);
            return;
        }

        if (was is null || should is null || was.GetType() != should.GetType())
            _differences.Add($"{path} is {Text(was)}, not {Text(should)}");
        else if (was is Array left && should is Array right)
            CompareArrays(path, left, right);
        else if (was is string or decimal || was.GetType().IsPrimitive || was.GetType().IsEnum)
            CompareValues(path, was, should);
        else
            CompareFields(path, was, should);
    }

    private void CompareArrays(string path, Array was, Array should)
    {
        if (was.Length != should.Length)
        {
            _differences.Add($"{path} has {was.Length} elements, not {should.Length}");
            return;
        }

        if (was is byte[] bytes && bytes.AsSpan().SequenceEqual((byte[])should))
            return;
        for (var i = 0; i < was.Length; i++)
            Compare($"{path}[{i}]", was.GetValue(i), should.GetValue(i));
    }

    private void CompareValues(string path, object was, object should)
    {
        if (!was.Equals(should))
            _differences.Add($"{path} is {Text(was)}, not {Text(should)}");
    }

    private bool IsDifferent(object? was, object? should) => new LifeComparison(survivors).Finds(was, should);

    private bool Finds(object? was, object? should)
    {
        Compare(string.Empty, was, should);
        return _differences.Count > 0;
    }

    private void CompareNative(string path, NativeBytes was, NativeBytes should)
    {
        if (!was.Bytes.SequenceEqual(should.Bytes))
            _differences.Add($"the memory behind {path} is {Convert.ToHexString(was.Bytes)}, not {Convert.ToHexString(should.Bytes)}");
    }

    /// <summary>The value of a field; of a pointer what it points to.</summary>
    private object? Read(FieldInfo field, object owner)
    {
        if (field.FieldType.IsPointer)
            return NativeBytes.Of(field, owner);
        var value = field.GetValue(owner);
        return survivors.NativeOf(field, value, owner) ?? value;
    }

    private static string NameOnly(FieldInfo field) => SurvivingFields.NameOf(field).Split('.')[1];

    private static string Text(object? value) => value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private sealed class PairIdentity : IEqualityComparer<(object, object)>
    {
        public static PairIdentity Instance { get; } = new();

        public bool Equals((object, object) x, (object, object) y) =>
            ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((object, object) pair) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(pair.Item1), RuntimeHelpers.GetHashCode(pair.Item2));
    }
}
