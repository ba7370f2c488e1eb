using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class FileLength : IFileRule
{
    public const int LinesAtMost = 300;

    public string Sentence => "A file has 300 lines at most.";

    public string Belongs => "A second idea belongs in a type of its own, in a file of its own beside this one.";

    /// <summary>A breach weighs as much as there are lines too many, so that an exception bounds how long the file is.</summary>
    public IEnumerable<Breach> Find(SourceFile file)
    {
        if (file.Lines.Length > LinesAtMost)
            yield return new Breach(LinesAtMost + 1, $"{file.Lines.Length} lines", file.Lines.Length - LinesAtMost);
    }
}
