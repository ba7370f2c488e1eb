namespace TlsProxy.Bench.Load.Questions;

/// <summary>Parts of a page in Markdown that a run writes, between lines that name them; the words around are its author's.</summary>
internal static class MarkdownBlocks
{
    public static string Begin(string name) => $"<!-- figures: {name} -->";

    public const string End = "<!-- end of figures -->";

    /// <summary>Replaces blocks that the page has. A new page gets all blocks, one after the other.</summary>
    /// <returns>The page.</returns>
    /// <exception cref="BenchException">A block of the page has no end.</exception>
    public static string Put(string? page, IReadOnlyDictionary<string, IReadOnlyList<string>> blocks)
    {
        page ??= string.Join('\n', blocks.Keys.Select(name => $"{Begin(name)}\n{End}\n"));
        foreach (var (name, lines) in blocks)
        {
            var begin = page.IndexOf(Begin(name), StringComparison.Ordinal);
            if (begin < 0)
                continue;
            begin += Begin(name).Length;
            var end = page.IndexOf(End, begin, StringComparison.Ordinal);
            var next = page.IndexOf("<!-- figures: ", begin, StringComparison.Ordinal);
            if (end < 0 || (next >= 0 && next < end))
                throw new BenchException($"--markdown: the page has \"{Begin(name)}\" without \"{End}\" behind it; add that line.");
            page = $"{page[..begin]}\n\n{string.Join('\n', lines)}\n\n{page[end..]}";
        }

        return page;
    }
}
