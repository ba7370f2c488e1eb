using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class RankedLocks : IFileRule
{
    private static readonly string[] s_rooms = ["src/Proxy/Fetching/", "src/Proxy/Cache/", "src/Proxy/Responses/"];

    public string Sentence => "A lock of the fetches, of the cache or of a body is taken by its rank.";

    public string Belongs => "A lock belongs in the order of LockRank: using (gate.Enter(LockRank.Body)).";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from node in s_rooms.Any(room => file.Path.StartsWith(room, StringComparison.Ordinal)) ? file.Root.DescendantNodes() : []
        let taken = TakenWithoutRank(node)
        where taken is not null
        select new Breach(SourceFile.LineOf(node), $"{taken} is taken without a rank");

    private static string? TakenWithoutRank(SyntaxNode node) => node switch
    {
        LockStatementSyntax held => held.Expression.ToString(),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called, ArgumentList.Arguments: [] }
            when called.Name.ToString() is "EnterScope" or "TryEnter" || IsGateEntered(called) => called.Expression.ToString(),
        _ => null,
    };

    private static bool IsGateEntered(MemberAccessExpressionSyntax called) =>
        called.Name.ToString() == "Enter" && called.Expression.ToString().EndsWith("gate", StringComparison.OrdinalIgnoreCase);
}
