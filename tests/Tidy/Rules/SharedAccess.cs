using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>A place where the source orders what several threads see: a lock, a Volatile access, a volatile field, a barrier.</summary>
/// <param name="Node">The statement, call or field.</param>
/// <param name="What">It, in a few words.</param>
/// <param name="Names">The names in what it is about, among them that of the field; none of a barrier.</param>
internal readonly record struct SharedAccess(SyntaxNode Node, string What, string[] Names)
{
    public static IEnumerable<SharedAccess> In(SourceFile file)
    {
        foreach (var node in file.Root.DescendantNodes())
            if (node is LockStatementSyntax held)
                yield return new SharedAccess(node, $"lock ({held.Expression})", NamesIn(held.Expression));
            else if (node is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.VolatileKeyword))
                yield return new SharedAccess(
                    node, $"volatile {field.Declaration}", [field.Declaration.Variables[0].Identifier.ValueText]);
            else if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } call)
                switch (called.ToString().Split('.')[^2..])
                {
                    case [_, "Enter"] when IsRank(call.ArgumentList):
                        yield return new SharedAccess(
                            node.FirstAncestorOrSelf<UsingStatementSyntax>() ?? node, call.ToString(), NamesIn(called.Expression));
                        break;
                    case ["Volatile", _]:
                        yield return new SharedAccess(node, called.ToString(), NamesIn(call.ArgumentList.Arguments[0]));
                        break;
                    case ["Interlocked", var name] when name.StartsWith("MemoryBarrier", StringComparison.Ordinal):
                        yield return new SharedAccess(node, called.ToString(), []);
                        break;
                }
    }

    private static bool IsRank(ArgumentListSyntax arguments) =>
        arguments.Arguments is [{ Expression: MemberAccessExpressionSyntax rank }] && rank.Expression.ToString() == "LockRank";

    private static string[] NamesIn(SyntaxNode node) =>
        [.. node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.ValueText)];
}
