using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>Partial types for generated code are in one file too; a type over several is named Type.Part.cs here.</summary>
internal sealed class OneFileAType : IRule
{
    public string Sentence => "A type stands in one file.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from type in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        where type.Modifiers.Any(SyntaxKind.PartialKeyword) && file.Segments[^1] != type.Identifier.Text + ".cs"
        where file.Segments[^1].StartsWith(type.Identifier.Text + ".", StringComparison.Ordinal)
        select new Breach(SourceFile.LineOf(type), $"a further part of {type.Identifier.Text}");
}
