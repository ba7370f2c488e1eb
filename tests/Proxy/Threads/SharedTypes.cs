using System.Reflection;

namespace TlsProxy.Proxy.Tests.Threads;

/// <summary>The types whose objects a running proxy holds: a root and everything that fields lead to from there.</summary>
internal static class SharedTypes
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] s_assemblies =
    [
        typeof(Proxy.Cache.Store.ResponseCache).Assembly, typeof(Uring.Loop.EventLoop).Assembly,
        typeof(Ktls.Channel.RecordChannel).Assembly, typeof(Handshake.TlsContext).Assembly,
    ];

    /// <summary>All types that the fields of some lead to.</summary>
    public static IReadOnlySet<Type> ReachableFrom(params IEnumerable<Type> roots)
    {
        var found = new HashSet<Type>();
        var left = new Queue<Type>(roots);
        while (left.TryDequeue(out var type))
        {
            if (!found.Add(type))
                continue;
            foreach (var next in Fields(type).SelectMany(field => Named(field.FieldType)).Concat(Implementers(type)))
                left.Enqueue(next);
        }

        return found;
    }

    /// <summary>The fields of a type's own, those of base types among them.</summary>
    public static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var declaring = type; declaring is not null && IsOurs(declaring); declaring = declaring.BaseType)
        {
            foreach (var field in declaring.GetFields(Declared))
                yield return field;
        }
    }

    /// <summary>The types of this product that a field's type names: itself, its elements, its arguments.</summary>
    private static IEnumerable<Type> Named(Type type)
    {
        if (type.IsGenericParameter || typeof(Delegate).IsAssignableFrom(type))
            return [];
        if (type.HasElementType)
            return Named(type.GetElementType()!);
        var arguments = type.IsGenericType ? type.GetGenericArguments().SelectMany(Named) : [];
        return IsOurs(type) && !type.IsEnum ? arguments.Append(type.IsGenericType ? type.GetGenericTypeDefinition() : type) : arguments;
    }

    /// <summary>An interface stands for all that implement it, a base for what derives from it.</summary>
    private static IEnumerable<Type> Implementers(Type type) => type is { IsSealed: false, IsGenericTypeDefinition: false }
        ? s_assemblies.SelectMany(assembly => assembly.GetTypes()).Where(other => other != type && other.IsAssignableTo(type))
        : [];

    private static bool IsOurs(Type type) => s_assemblies.Contains(type.Assembly);
}
