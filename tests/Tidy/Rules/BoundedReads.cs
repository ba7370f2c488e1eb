using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class BoundedReads : IFileRule
{
    private static readonly string[] s_reads =
        ["ReadAllText", "ReadAllBytes", "ReadAllLines", "ReadLines", "OpenRead", "OpenText", "AddJsonFile", "LoadCertificateFromFile"];

    public string Sentence => "In src, files are read by OperatorFile, within a time and a number of bytes, but for those of /proc.";

    public string Belongs => "Reading a file belongs in OperatorFile (src/Handshake/Files).";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        if (!file.Path.StartsWith("src/", StringComparison.Ordinal))
            yield break;
        var ofProc = file.Root.DescendantTokens().Any(token => token.Text.TrimStart('$').StartsWith("\"/proc/", StringComparison.Ordinal)
            || token.ToString().StartsWith("/proc/", StringComparison.Ordinal));
        foreach (var name in file.Root.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (!ofProc && s_reads.Contains(name.Identifier.Text) && name.Parent is MemberAccessExpressionSyntax)
                yield return new Breach(SourceFile.LineOf(name), name.Identifier.Text);
    }
}
