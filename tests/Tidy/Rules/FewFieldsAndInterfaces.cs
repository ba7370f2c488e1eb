using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>
/// Fields are those of an instance: what is declared, what stands behind a property, and the parameters of a class that its members use.
/// The sentence is in the comment above the type, and says "fields" or "interfaces".
/// </summary>
internal sealed class FewFieldsAndInterfaces : IRule
{
    public const int FieldsAtMost = 15;
    public const int InterfacesAtMost = 5;

    public string Sentence => "No type in src has more than 15 fields or 5 interfaces without a sentence above it that says why.";

    public string Belongs =>
        "Fields that live and end together belong in an object of their own; an interface belongs on the object that does its work.";

    public IEnumerable<(string Path, Breach Breach)> FindAll(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.Path.StartsWith("src/", StringComparison.Ordinal)
        from type in file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type is not InterfaceDeclarationSyntax
        group (file, type) by NameOf(file, type) into parts
        let ordered = parts.OrderBy(part => part.file.Path.Length).ToArray()
        from breach in Judge([.. ordered.Select(part => part.type)])
        select (ordered[0].file.Path, breach);

    private static IEnumerable<Breach> Judge(TypeDeclarationSyntax[] parts)
    {
        var comment = string.Concat(parts.Select(part => part.GetLeadingTrivia().ToFullString()));
        var fields = parts.Sum(Fields);
        if (fields > FieldsAtMost && !comment.Contains("fields", StringComparison.OrdinalIgnoreCase))
            yield return new Breach(SourceFile.LineOf(parts[0]), $"{parts[0].Identifier.Text} has {fields} fields");
        var interfaces = parts.Sum(Interfaces);
        if (interfaces > InterfacesAtMost && !comment.Contains("interfaces", StringComparison.OrdinalIgnoreCase))
            yield return new Breach(SourceFile.LineOf(parts[0]), $"{parts[0].Identifier.Text} has {interfaces} interfaces");
    }

    /// <summary>The same for all parts of a type: its folder, and the names of the types around it and its own.</summary>
    private static string NameOf(SourceFile file, TypeDeclarationSyntax type) =>
        string.Join('/', file.Segments[..^1]) + string.Concat(
            type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Reverse()
                .Select(each => $"/{each.Identifier.Text}`{each.TypeParameterList?.Parameters.Count}"));

    private static int Fields(TypeDeclarationSyntax type) =>
        type.Members.OfType<FieldDeclarationSyntax>().Where(IsOfInstance).Sum(field => field.Declaration.Variables.Count)
        + type.Members.OfType<PropertyDeclarationSyntax>().Count(property => IsOfInstance(property) && HasField(property))
        + (type.ParameterList?.Parameters.Count(parameter => type is RecordDeclarationSyntax || IsKept(type, parameter)) ?? 0);

    private static int Interfaces(TypeDeclarationSyntax type) => type.BaseList?.Types
        .Select(listed => listed.Type.ToString().Split('.')[^1])
        .Count(name => name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1])) ?? 0;

    private static bool IsOfInstance(MemberDeclarationSyntax member) =>
        !member.Modifiers.Any(SyntaxKind.StaticKeyword) && !member.Modifiers.Any(SyntaxKind.ConstKeyword);

    private static bool HasField(PropertyDeclarationSyntax property) =>
        property.AccessorList?.Accessors.Any(accessor => accessor.Body is null && accessor.ExpressionBody is null) is true
        && !property.Modifiers.Any(SyntaxKind.AbstractKeyword);

    /// <summary>Whether a parameter of the type is used after it was made, not only in what a field or property begins with.</summary>
    private static bool IsKept(TypeDeclarationSyntax type, ParameterSyntax parameter) =>
        type.Members.SelectMany(member => member.DescendantNodes()).OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.ValueText == parameter.Identifier.ValueText)
            .Any(name => !name.Ancestors().OfType<EqualsValueClauseSyntax>().Any(IsInitializer));

    private static bool IsInitializer(EqualsValueClauseSyntax value) =>
        value.Parent is PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax };
}
