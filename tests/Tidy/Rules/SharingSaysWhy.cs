using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>
/// A line comment counts at the end of the access's line, above it in the same paragraph of lines, or first in what a lock holds. Otherwise
/// a comment has to name the parties: that of the field (or of one above it, up to an empty line), of the parameter of the type, or of the
/// member around the access.
/// </summary>
internal sealed class SharingSaysWhy : IFileRule
{
    private static readonly string[] s_parties =
        ["thread", "lock", "worker", "kernel", "loop", "guard", "publish", "at once", "writer", "reader", "several", "concurrent"];

    public string Sentence => "In src, a comment at each lock, Volatile access and barrier says why: who writes, who reads, which order.";

    public string Belongs =>
        "The why belongs beside the field that is shared (\"Written by the loop's thread, read by any.\") or above the access.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from access in file.Path.StartsWith("src/", StringComparison.Ordinal) ? SharedAccess.In(file) : []
        where !IsSaidHere(file, access.Node) && !IsSaidOfMember(access.Node)
        where !access.Names.Any(name => IsSaidOfFieldOrParameter(access.Node, name))
        select new Breach(SourceFile.LineOf(access.Node), access.What);

    private static bool IsSaidHere(SourceFile file, SyntaxNode node)
    {
        var held = node is LockStatementSyntax locked ? locked.Statement : (node as UsingStatementSyntax)?.Statement;
        if (held is BlockSyntax { Statements: [var first, ..] }
            && first.GetLeadingTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)))
            return true;
        for (var line = SourceFile.LineOf(node) - 1; line >= 0 && file.Lines[line].Trim().Length > 0; line--)
            if (file.HasLineComment(line))
                return true;
        return false;
    }

    private static bool IsSaidOfMember(SyntaxNode node) =>
        node.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().FirstOrDefault() is { } member and not TypeDeclarationSyntax
        && NamesParties(member.GetLeadingTrivia().ToFullString());

    private static bool IsSaidOfFieldOrParameter(SyntaxNode node, string name) =>
        node.Ancestors().OfType<TypeDeclarationSyntax>().Any(type => IsSaidOfParameter(type, name) || IsSaidOfField(type, name));

    private static bool IsSaidOfParameter(TypeDeclarationSyntax type, string name) =>
        type.GetLeadingTrivia().ToFullString().Split("<param name=\"").Skip(1)
            .Any(said => said.StartsWith(name + "\"", StringComparison.Ordinal) && NamesParties("//" + said));

    private static bool IsSaidOfField(TypeDeclarationSyntax type, string name)
    {
        var fields = type.Members.OfType<FieldDeclarationSyntax>().ToArray();
        var at = Array.FindIndex(fields, field => field.Declaration.Variables.Any(variable => variable.Identifier.ValueText == name));
        for (; at >= 0; at--)
        {
            var above = fields[at].GetLeadingTrivia().ToFullString();
            if (NamesParties(above + fields[at].GetTrailingTrivia().ToFullString()))
                return true;
            if (above.TrimStart(' ').StartsWith('\n'))
                return false;
        }
        return false;
    }

    private static bool NamesParties(string comment) =>
        comment.Contains("//", StringComparison.Ordinal)
        && s_parties.Any(party => comment.Contains(party, StringComparison.OrdinalIgnoreCase));
}
