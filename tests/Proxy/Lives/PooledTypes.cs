using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using TlsProxy.Handshake;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Lives;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>Finds the types whose objects have one life after the other: what a field keeps that is a stack or a bag, or whose name says
/// that its elements are kept for later.</summary>
internal static partial class PooledTypes
{
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly[] s_assemblies =
        [typeof(EventLoop).Assembly, typeof(ServerHandshake).Assembly, typeof(RecordChannel).Assembly, typeof(Worker).Assembly];

    private static readonly Type[] s_stacks = [typeof(Stack<>), typeof(ConcurrentStack<>), typeof(ConcurrentBag<>)];

    public static IReadOnlySet<Type> Find() => s_assemblies
        .SelectMany(assembly => assembly.GetTypes())
        .SelectMany(type => LifeComparison.FieldsOf(type).Concat(type.GetFields(Statics)))
        .Where(IsPool)
        .Select(field => ElementOf(field.FieldType)!)
        .Where(element => element.IsClass && s_assemblies.Contains(element.Assembly))
        .ToHashSet();

    private static bool IsPool(FieldInfo field) =>
        ElementOf(field.FieldType) is not null && (IsStack(field.FieldType) || PoolName().IsMatch(field.Name));

    private static bool IsStack(Type type) => type.IsGenericType && s_stacks.Contains(type.GetGenericTypeDefinition());

    private static Type? ElementOf(Type type)
    {
        if (type.IsArray)
            return ElementOf(type.GetElementType()!) ?? type.GetElementType();
        return type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? type.GenericTypeArguments[0] : null;
    }

    [GeneratedRegex("free|kept|idle|spare|pool|stock|reus|recycl", RegexOptions.IgnoreCase)]
    private static partial Regex PoolName();
}
