using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class EngineFence : IFileRule
{
    // Each engine's folder, and the namespaces that are its own.
    private static readonly (string Folder, string[] Namespaces)[] s_engines =
    [
        ("src/Handshake/OpenSsl/", ["TlsProxy.Handshake.OpenSsl."]),
        ("src/Handshake/BouncyCastle/", ["TlsProxy.Handshake.BouncyCastle.", "Org.BouncyCastle."]),
    ];

    // What chooses and sets them up.
    private static readonly string[] s_inside =
    [
        "src/Handshake/EngineChoice.cs",
        "src/Proxy/Connections/Handshakes/HandshakeMemory.cs",
        "src/Proxy/Hosting/",
    ];

    public string Sentence => "Handshakes, keys, records and certificates don't know which engine runs the handshake.";

    public string Belongs =>
        "Code of one engine belongs in its folder, src/Handshake/OpenSsl or BouncyCastle, behind an interface of src/Handshake/Engines.";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        if (!file.Path.StartsWith("src/", StringComparison.Ordinal) || s_inside.Any(file.Path.StartsWith))
            yield break;

        foreach (var name in file.Root.DescendantNodes().OfType<UsingDirectiveSyntax>())
        {
            var used = $"{name.NamespaceOrType}.";
            var owners = s_engines.Where(engine => engine.Namespaces.Any(own => used.StartsWith(own, StringComparison.Ordinal)));
            if (owners.Any(engine => !file.Path.StartsWith(engine.Folder, StringComparison.Ordinal)))
                yield return new Breach(SourceFile.LineOf(name), used.TrimEnd('.'));
        }
    }
}
