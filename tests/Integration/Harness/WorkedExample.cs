namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Configuration files that the documentation shows.</summary>
internal static class WorkedExample
{
    /// <summary>The block of code below a heading of docs/caching.md.</summary>
    public static string Read(string heading)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Documents", "caching.md"));
        var start = Array.IndexOf(lines, "### " + heading);
        if (start < 0)
            throw new InvalidOperationException($"docs/caching.md has no heading '{heading}'.");
        return string.Join('\n', lines
            .Skip(start + 1)
            .SkipWhile(line => !line.StartsWith("    ", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)));
    }
}
