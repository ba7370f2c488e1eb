using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class FunctionLength : IFileRule
{
    public const int LinesAtMost = 70;

    public string Sentence => "A function has 70 lines at most.";

    public string Belongs => "A step of a long function belongs in a function with a name of its own.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from node in file.Root.DescendantNodes()
        where node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
        let span = node.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > LinesAtMost
        select new Breach(SourceFile.LineOf(node), $"a function of {lines} lines");
}
