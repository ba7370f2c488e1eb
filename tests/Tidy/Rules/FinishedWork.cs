using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed partial class FinishedWork : IFileRule
{
    public string Sentence => "No comment puts work off.";

    public string Belongs => "Unfinished work belongs in the issue tracker, not in the tree.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from trivia in file.Root.DescendantTrivia(descendIntoTrivia: false)
        where !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia)
        let found = Marks().Match(trivia.ToFullString())
        where found.Success
        select new Breach(trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1, found.Value);

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Marks();
}
