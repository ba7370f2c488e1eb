using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>
/// A partial type is one that a source generator completes, or one whose nested types stand in files of their own, called Type.Nested.cs.
/// A breach is each further part, and the word in a type that has no other part.
/// </summary>
internal sealed class OneFileAType : IRule
{
    private static readonly string[] s_generators = ["LibraryImport", "LoggerMessage", "GeneratedRegex", "JsonSerializable"];

    public string Sentence => "A type stands in one file; partial is for generated code, and for nested types in files Type.Nested.cs.";

    public string Belongs => "A further part of a type belongs in a type of its own, which the first one holds as a field.";

    public IEnumerable<(string Path, Breach Breach)> FindAll(IReadOnlyList<SourceFile> files) =>
        from file in files
        from type in file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type.Modifiers.Any(SyntaxKind.PartialKeyword) && !HasGeneratedCode(type)
        let breach = IsFurtherPart(file, type)
            ? HoldsNestedTypes(file, type) ? null : $"a further part of {type.Identifier.Text}"
            : HasFurtherPart(files, file, type) ? null : $"{type.Identifier.Text} is partial and has no other part"
        where breach is not null
        select (file.Path, new Breach(SourceFile.LineOf(type), breach));

    private static bool HasGeneratedCode(TypeDeclarationSyntax type) =>
        type.DescendantNodes().OfType<AttributeSyntax>().Any(attribute => s_generators.Contains(NameOf(attribute)));

    private static string NameOf(AttributeSyntax attribute)
    {
        var name = attribute.Name.ToString().Split('.')[^1];
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
    }

    private static bool IsFurtherPart(SourceFile file, TypeDeclarationSyntax type) =>
        file.Segments[^1] != type.Identifier.Text + ".cs"
        && file.Segments[^1].StartsWith(type.Identifier.Text + ".", StringComparison.Ordinal);

    private static bool HoldsNestedTypes(SourceFile file, TypeDeclarationSyntax type) =>
        type.Members.Count > 0 && type.Members.All(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
        && type.Members.OfType<BaseTypeDeclarationSyntax>()
            .Any(nested => file.Segments[^1] == $"{type.Identifier.Text}.{nested.Identifier.Text}.cs");

    private static bool HasFurtherPart(IReadOnlyList<SourceFile> files, SourceFile file, TypeDeclarationSyntax type)
    {
        var parts = file.Path[..^file.Segments[^1].Length] + type.Identifier.Text + ".";
        return files.Any(other => other.Path != file.Path && other.Path.StartsWith(parts, StringComparison.Ordinal));
    }
}
