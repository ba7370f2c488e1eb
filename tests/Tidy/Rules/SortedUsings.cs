using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>What dotnet format calls IMPORTS, which its formatter of white space alone leaves out.</summary>
internal sealed class SortedUsings : IFileRule
{
    private static readonly Comparer<string[]> s_order = Comparer<string[]>.Create(Compare);

    public string Sentence => "Using directives are sorted: namespaces with System first, then static ones, then aliases.";

    public string Belongs => "A directive belongs at its place in that order; dotnet format puts it there.";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        var directives = file.Root.DescendantNodes().OfType<UsingDirectiveSyntax>().ToArray();
        for (var i = 1; i < directives.Length; i++)
            if (directives[i].Parent == directives[i - 1].Parent && s_order.Compare(KeyOf(directives[i - 1]), KeyOf(directives[i])) > 0)
                yield return new Breach(SourceFile.LineOf(directives[i]), directives[i].ToString());
    }

    /// <summary>The kind, and what is sorted by within it, name by name.</summary>
    private static string[] KeyOf(UsingDirectiveSyntax directive)
    {
        if (directive.Alias is { } alias)
            return ["2", alias.Name.ToString()];
        var names = directive.NamespaceOrType.ToString().Split('.');
        return [directive.StaticKeyword.ValueText.Length > 0 ? "1" : "0", names[0] == "System" ? "0" : "1", .. names];
    }

    private static int Compare(string[] left, string[] right)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
            if (string.Compare(left[i], right[i], StringComparison.OrdinalIgnoreCase) is not 0 and var order)
                return order;
        return left.Length.CompareTo(right.Length);
    }
}
