namespace TlsProxy.Tidy.Tests.Source;

/// <summary>The source tree that these tests were built from.</summary>
internal static class SourceTree
{
    private static readonly Lazy<SourceFile[]> Read = new(ReadAll);

    public static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>Every file of C# that a person wrote.</summary>
    public static IReadOnlyList<SourceFile> Files => Read.Value;

    private static SourceFile[] ReadAll() =>
    [
        .. new[] { "src", "tests", "bench" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(file => new SourceFile(file, File.ReadAllText(Path.Combine(Root, file)))),
    ];
}
