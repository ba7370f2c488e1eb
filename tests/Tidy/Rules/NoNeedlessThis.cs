using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>What dotnet format calls IDE0003, which a build doesn't look for.</summary>
internal sealed class NoNeedlessThis : IFileRule
{
    public string Sentence => "A field or property is named without \"this.\", unless a parameter has the same name.";

    public string Belongs => "The word belongs only where a parameter hides the member.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from access in file.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        where access.Expression is ThisExpressionSyntax && access.Parent is not InvocationExpressionSyntax
        where !access.Ancestors().Any(around => Declares(around, access.Name.Identifier.ValueText))
        select new Breach(SourceFile.LineOf(access), access.ToString());

    private static bool Declares(SyntaxNode around, string name) =>
        around.ChildNodes().OfType<ParameterListSyntax>().SelectMany(list => list.Parameters)
            .Any(parameter => parameter.Identifier.ValueText == name);
}
