using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TlsProxy.Tidy.Tests.Source;

/// <summary>A file of C#.</summary>
/// <param name="path">Relative to the root of the tree, with slashes.</param>
/// <param name="text">All of it.</param>
internal sealed class SourceFile(string path, string text)
{
    private readonly Lazy<SyntaxNode> _root = new(() => CSharpSyntaxTree.ParseText(text).GetRoot());

    private HashSet<int>? _commented;

    public string Path { get; } = path;

    /// <summary>Its folders and its name.</summary>
    public string[] Segments { get; } = path.Split('/');

    /// <summary>Its lines; the newline that ends the last one begins no further line.</summary>
    public string[] Lines { get; } = (text.EndsWith('\n') ? text[..^1] : text).Split('\n');

    public SyntaxNode Root => _root.Value;

    /// <summary>Whether a comment of two slashes is on a line, counted from 0.</summary>
    public bool HasLineComment(int line) => (_commented ??= [.. Root.DescendantTrivia()
        .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
        .Select(trivia => trivia.GetLocation().GetLineSpan().StartLinePosition.Line)]).Contains(line);

    /// <summary>The number of the line, from 1, on which something begins.</summary>
    public static int LineOf(SyntaxNodeOrToken part) => part.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1;

    public override string ToString() => Path;
}
