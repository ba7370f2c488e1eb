using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>
/// The types of a room use each other in one direction. A type uses another where its declaration names it as a type or asks it for a
/// static member. The name of a member is no use of its type. An interface may name the types that are declared beside it, which call it.
/// </summary>
internal sealed class OneDirection : IRule
{
    private const string Room = "src/Proxy/Fetching/";

    public string Sentence => $"In {Room.TrimEnd('/')} no type uses one that uses it in turn, be it through others.";

    public string Belongs =>
        "What the lower of two types needs of the upper one belongs in an interface beside the lower one, or in a value that it is given.";

    public IEnumerable<(string Path, Breach Breach)> FindAll(IReadOnlyList<SourceFile> files)
    {
        var types = files.Where(file => file.Path.StartsWith(Room, StringComparison.Ordinal)).SelectMany(TypesOf).ToArray();
        var byName = types.ToLookup(type => type.Name);
        var used = types.ToDictionary(type => type, type => UsedBy(type, byName).ToHashSet());
        var told = new HashSet<Declared>();
        foreach (var type in types)
        {
            if (told.Contains(type) || Circle(type, used) is not { } circle)
                continue;
            told.UnionWith(circle);
            var names = string.Join(" uses ", circle.Append(type).Select(each => each.Name));
            yield return (type.File.Path, new Breach(SourceFile.LineOf(type.Node), names));
        }
    }

    private static IEnumerable<Declared> TypesOf(SourceFile file) => file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        .Where(node => node.Parent is not BaseTypeDeclarationSyntax)
        .Select(node => new Declared(file, node, node.Identifier.ValueText));

    private static IEnumerable<Declared> UsedBy(Declared type, ILookup<string, Declared> byName) => type.Node.DescendantNodes()
        .OfType<SimpleNameSyntax>()
        .Where(IsTypeName)
        .SelectMany(name => byName[name.Identifier.ValueText])
        .Where(other => other != type && !(type.Node is InterfaceDeclarationSyntax && other.File == type.File));

    /// <summary>Neither the name of a member that something is asked for, nor that of one that is set or matched.</summary>
    private static bool IsTypeName(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Name != name,
        MemberBindingExpressionSyntax or NameColonSyntax => false,
        AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment => assignment.Left != name,
        _ => true,
    };

    /// <summary>The shortest way from a type back to it; null for none.</summary>
    private static List<Declared>? Circle(Declared start, Dictionary<Declared, HashSet<Declared>> used)
    {
        var before = new Dictionary<Declared, Declared>();
        var next = new Queue<Declared>([start]);
        while (next.TryDequeue(out var type))
        {
            foreach (var other in used[type])
            {
                if (other == start)
                    return Way(start, type, before);
                if (before.TryAdd(other, type))
                    next.Enqueue(other);
            }
        }

        return null;
    }

    private static List<Declared> Way(Declared start, Declared last, Dictionary<Declared, Declared> before)
    {
        List<Declared> way = [last];
        while (way[^1] != start)
            way.Add(before[way[^1]]);
        way.Reverse();
        return way;
    }

    private sealed record Declared(SourceFile File, BaseTypeDeclarationSyntax Node, string Name);
}
