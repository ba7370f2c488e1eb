using System.Text.RegularExpressions;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Documents;

/// <summary>The paths, types and members that a document puts in backticks.</summary>
/// <param name="paths">Every path of the tree, with slashes.</param>
/// <param name="words">Every identifier of its code.</param>
internal sealed partial class NamedParts(IReadOnlyCollection<string> paths, IReadOnlySet<string> words)
{
    public static NamedParts OfTheTree()
    {
        var paths = new[] { "src", "tests", "scripts" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(SourceTree.Root, folder), "*", SearchOption.AllDirectories))
            .Select(path => "/" + Path.GetRelativePath(SourceTree.Root, path).Replace('\\', '/'));
        var words = SourceTree.Files.Where(file => !file.Path.Contains("/Tidy/", StringComparison.Ordinal))
            .SelectMany(file => file.Root.DescendantTokens().Select(token => token.ValueText));
        return new NamedParts([.. paths], words.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Those that the tree doesn't have.</summary>
    public IEnumerable<string> FindStale(string document) =>
        Quoted().Matches(document).Select(match => match.Groups[1].Value).Distinct()
            .Where(name => PathName().IsMatch(name) ? !HasPath(name) : TypeName().IsMatch(name) && !name.Split('.').All(words.Contains));

    private bool HasPath(string name)
    {
        if (Ends(name) || paths.Any(path => path.Contains($"/{name}/", StringComparison.Ordinal)))
            return true;
        // Folder/Type.Member
        var dot = name.LastIndexOf('.');
        return dot > 0 && words.Contains(name[(dot + 1)..]) && Ends(name[..dot]);
    }

    private bool Ends(string name) =>
        paths.Any(path => path.EndsWith($"/{name}", StringComparison.Ordinal) || path.EndsWith($"/{name}.cs", StringComparison.Ordinal));

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^[A-Za-z0-9]+(/[A-Za-z0-9.]+)+$")]
    private static partial Regex PathName();

    [GeneratedRegex(@"^[A-Z][a-z]\w*(\.[A-Z]\w*)?$")]
    private static partial Regex TypeName();
}
