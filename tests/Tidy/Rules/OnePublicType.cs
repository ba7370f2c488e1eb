using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class OnePublicType : IFileRule
{
    public string Sentence => "A file has one public type at most.";

    public string Belongs => "A second public type belongs in a file of its own, named like the type.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from type in file.Root.DescendantNodes().OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .Where(member => member.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax)
            .Where(member => member.Modifiers.Any(SyntaxKind.PublicKeyword))
            .Skip(1)
        select new Breach(SourceFile.LineOf(type), "a second public type");
}
