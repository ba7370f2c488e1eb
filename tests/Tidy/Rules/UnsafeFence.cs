using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class UnsafeFence : IRule
{
    public string Sentence => "Unsafe code and P/Invoke stand in src/Uring and in folders called Interop.";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        if (file.Path.StartsWith("src/Uring/", StringComparison.Ordinal) || file.Path.Contains("/Interop/", StringComparison.Ordinal))
            yield break;

        foreach (var token in file.Root.DescendantTokens().Where(token => token.IsKind(SyntaxKind.UnsafeKeyword)))
            yield return new Breach(SourceFile.LineOf(token), "unsafe");
        foreach (var attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>())
            if (attribute.Name.ToString().Split('.')[^1].StartsWith("DllImport", StringComparison.Ordinal)
                || attribute.Name.ToString().Split('.')[^1].StartsWith("LibraryImport", StringComparison.Ordinal))
                yield return new Breach(SourceFile.LineOf(attribute), attribute.Name.ToString());
    }
}
