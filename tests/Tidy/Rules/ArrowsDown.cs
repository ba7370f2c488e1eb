using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class ArrowsDown : IFileRule
{
    /// <summary>From the lowest up: a room uses those before it.</summary>
    private static readonly string[] Rooms = ["Http", "Cache", "Origin", "Connections", "Hosting"];

    public string Sentence => "Inside src/Proxy, Http references nothing, Cache Http, Origin Cache, Connections these three, Hosting all.";

    public string Belongs =>
        "Code that two rooms need belongs in the lower one: move the type down, or give the upper room an interface of "
        + "the lower one to implement.";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        var own = file.Path.StartsWith("src/Proxy/", StringComparison.Ordinal) ? Array.IndexOf(Rooms, file.Segments[2]) : -1;
        if (own < 0)
            yield break;

        foreach (var name in file.Root.DescendantNodes().OfType<UsingDirectiveSyntax>())
        {
            var parts = name.Name?.ToString().Split('.') ?? [];
            if (parts is ["TlsProxy", "Proxy", var room, ..] && Array.IndexOf(Rooms, room) > own)
                yield return new Breach(SourceFile.LineOf(name), $"{file.Segments[2]} uses {room}");
        }
    }
}
