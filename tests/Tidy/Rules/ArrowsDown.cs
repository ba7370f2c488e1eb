using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class ArrowsDown : IFileRule
{
    /// <summary>From the lowest up, each room with those it may use; null for all below it.</summary>
    private static readonly (string Room, string[]? Uses)[] Rooms =
    [
        ("Http", []),
        ("Responses", ["Http"]),
        ("Cache", ["Responses", "Http"]),
        ("Telemetry", ["Cache.Explanation", "Http"]),
        ("Upstream", ["Http"]),
        ("Fetching", null),
        ("Exchanges", null),
        ("Connections", null),
        ("Workers", null),
        ("Hosting", null),
    ];

    public string Sentence =>
        "Inside src/Proxy a room uses those below it, from the lowest: " + string.Join(", ", Rooms.Select(room => room.Room))
        + "; Telemetry of the cache only its explanation, Upstream neither cache nor responses.";

    public string Belongs =>
        "Code that two rooms need belongs in the lower one: move the type down, or give the upper room an interface of "
        + "the lower one to implement.";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        var own = file.Path.StartsWith("src/Proxy/", StringComparison.Ordinal) ? IndexOf(file.Segments[2]) : -1;
        if (own < 0)
            yield break;

        foreach (var name in file.Root.DescendantNodes().OfType<UsingDirectiveSyntax>())
        {
            var parts = name.NamespaceOrType.ToString().Split('.');
            if (parts is ["TlsProxy", "Proxy", var room, .. var rest] && IndexOf(room) != own && !May(own, room, rest))
                yield return new Breach(SourceFile.LineOf(name), $"{Rooms[own].Room} uses {string.Join('.', parts.Skip(2))}");
        }
    }

    private static int IndexOf(string room) => Array.FindIndex(Rooms, each => each.Room == room);

    private static bool May(int own, string room, string[] rest) =>
        Rooms[own].Uses is not { } uses
            ? IndexOf(room) < own
            : uses.Contains(room) || (rest.Length > 0 && uses.Contains($"{room}.{rest[0]}"));
}
