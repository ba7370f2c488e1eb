using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class EngineFence : IFileRule
{
    private const string Engine = "TlsProxy.Handshake.OpenSsl";

    // The folder of the engine itself, and what chooses and sets it up.
    private static readonly string[] s_inside =
    [
        "src/Handshake/OpenSsl/",
        "src/Handshake/TlsContext.cs",
        "src/Proxy/Connections/Handshakes/HandshakeMemory.cs",
        "src/Proxy/Hosting/",
    ];

    public string Sentence => "Handshakes, keys, records and certificates don't know which engine runs the handshake.";

    public string Belongs =>
        "Code of one engine belongs in its folder, src/Handshake/OpenSsl, behind an interface of src/Handshake/Engines.";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        if (!file.Path.StartsWith("src/", StringComparison.Ordinal) || s_inside.Any(file.Path.StartsWith))
            yield break;

        foreach (var name in file.Root.DescendantNodes().OfType<UsingDirectiveSyntax>())
        {
            var used = $"{name.NamespaceOrType}.";
            if (used.StartsWith($"{Engine}.", StringComparison.Ordinal))
                yield return new Breach(SourceFile.LineOf(name), used.TrimEnd('.'));
        }
    }
}
