using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class EmptyCatch : IRule
{
    public string Sentence => "A catch that does nothing says why in a comment.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from clause in file.Root.DescendantNodes().OfType<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0
        where !clause.DescendantTrivia().Any(trivia => trivia.ToString().StartsWith("//", StringComparison.Ordinal))
        select new Breach(SourceFile.LineOf(clause), "an empty catch");
}
