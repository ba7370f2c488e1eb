using System.Collections;
using System.Reflection;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>Looks into objects that show nothing of their state.</summary>
internal static class Peek
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The value at the end of a path of fields.</summary>
    public static object? At(object start, params string[] path)
    {
        object? found = start;
        foreach (var name in path)
        {
            if (found is null)
                return null;
            var field = found.GetType().GetField(name, Any);
            Assert.True(field is not null, $"{found.GetType().Name} has no field {name}");
            found = field.GetValue(found);
        }

        return found;
    }

    /// <summary>What a pool, a list or a stack holds.</summary>
    public static IReadOnlyList<object> Elements(object start, params string[] path) =>
        [.. ((IEnumerable)At(start, path)!).Cast<object?>().OfType<object>()];
}
