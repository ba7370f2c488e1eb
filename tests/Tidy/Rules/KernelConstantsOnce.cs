using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>
/// A constant of a header keeps its name, SOL_TLS or EAGAIN. One is defined twice where two names are the same but for case and underscores
/// (SolTls), and one of them can see the other: src/Uring and src/Handshake reference nothing, so that each of these two has its own.
/// </summary>
internal sealed class KernelConstantsOnce : IRule
{
    /// <summary>From the lowest up: an assembly uses the constants of those before it, but for the second.</summary>
    private static readonly string[] s_assemblies = ["src/Uring/", "src/Handshake/", "src/Ktls/", "src/Proxy/"];

    public string Sentence => "In src, a constant of the kernel, the C library or OpenSSL is defined once, behind the fence.";

    public string Belongs =>
        "A constant of sockets, TLS, errno, poll or io_uring belongs in src/Uring, one of files, memory or OpenSSL in an Interop folder.";

    public IEnumerable<(string Path, Breach Breach)> FindAll(IReadOnlyList<SourceFile> files)
    {
        var constants = files.SelectMany(Constants).ToArray();
        var ofHeaders = constants.Where(constant => IsOfHeader(constant.Name)).Select(constant => Plain(constant.Name)).ToHashSet();
        foreach (var group in constants.GroupBy(constant => Plain(constant.Name)).Where(group => ofHeaders.Contains(group.Key)))
        {
            var ordered = group.OrderBy(constant => constant.Assembly).ThenByDescending(IsInInterop).ToArray();
            foreach (var constant in ordered)
            {
                var first = ordered.First(other => Sees(constant.Assembly, other.Assembly));
                if (first != constant)
                    yield return (constant.Path, new Breach(constant.Line, $"{constant.Name} is defined in {first.Path}"));
                else if (!UnsafeFence.IsInside(constant.Path))
                    yield return (constant.Path, new Breach(constant.Line, $"{constant.Name} is defined outside the fence"));
            }
        }
    }

    private static bool IsInInterop(Constant constant) => constant.Path.Contains("/Interop/", StringComparison.Ordinal);

    private static bool Sees(int assembly, int other) => assembly == other || assembly > 1;

    private static IEnumerable<Constant> Constants(SourceFile file)
    {
        var assembly = Array.FindIndex(s_assemblies, folder => file.Path.StartsWith(folder, StringComparison.Ordinal));
        if (assembly < 0)
            yield break;
        foreach (var node in file.Root.DescendantNodes())
            if (node is EnumMemberDeclarationSyntax member)
                yield return new Constant(member.Identifier.ValueText, assembly, file.Path, SourceFile.LineOf(member));
            else if (node is VariableDeclaratorSyntax { Parent.Parent: var declaration } variable && IsConstant(declaration))
                yield return new Constant(variable.Identifier.ValueText, assembly, file.Path, SourceFile.LineOf(variable));
    }

    private static bool IsConstant(SyntaxNode? declaration) => declaration switch
    {
        FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.ConstKeyword),
        LocalDeclarationStatementSyntax local => local.Modifiers.Any(SyntaxKind.ConstKeyword),
        _ => false,
    };

    /// <summary>Names of C# have small letters and no underscores; short ones in capitals are abbreviations.</summary>
    private static bool IsOfHeader(string name) =>
        name.Contains('_', StringComparison.Ordinal) || (name.Length > 4 && !name.Any(char.IsLower));

    private static string Plain(string name) => name.Replace("_", null, StringComparison.Ordinal).ToUpperInvariant();

    private readonly record struct Constant(string Name, int Assembly, string Path, int Line);
}
