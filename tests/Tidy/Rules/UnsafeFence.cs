using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class UnsafeFence : IFileRule
{
    public string Sentence => "Unsafe code and P/Invoke stand in src/Uring and in folders called Interop.";

    public string Belongs => "P/Invoke and unsafe code belong in an Interop folder or in src/Uring, behind a method without pointers.";

    /// <summary>Whether a file may hold what the fence is for.</summary>
    internal static bool IsInside(string path) =>
        path.StartsWith("src/Uring/", StringComparison.Ordinal) || path.Contains("/Interop/", StringComparison.Ordinal);

    public IEnumerable<Breach> Find(SourceFile file)
    {
        if (IsInside(file.Path))
            yield break;

        foreach (var token in file.Root.DescendantTokens().Where(token => token.IsKind(SyntaxKind.UnsafeKeyword)))
            yield return new Breach(SourceFile.LineOf(token), "unsafe");
        foreach (var attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>())
            if (attribute.Name.ToString().Split('.')[^1].StartsWith("DllImport", StringComparison.Ordinal)
                || attribute.Name.ToString().Split('.')[^1].StartsWith("LibraryImport", StringComparison.Ordinal))
                yield return new Breach(SourceFile.LineOf(attribute), attribute.Name.ToString());
    }
}
