using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class EmptyCatch : IFileRule
{
    public string Sentence => "A catch that does nothing says why in a comment.";

    public string Belongs => "The reason belongs in a comment inside the catch; a failure that matters belongs in its log or counter.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from clause in file.Root.DescendantNodes().OfType<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0
        where !clause.DescendantTrivia().Any(trivia => trivia.ToString().StartsWith("//", StringComparison.Ordinal))
        select new Breach(SourceFile.LineOf(clause), "an empty catch");
}
