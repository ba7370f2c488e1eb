using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class FileLength : IRule
{
    public const int LinesAtMost = 300;

    public string Sentence => "A file has 300 lines at most.";

    /// <summary>A breach weighs as much as there are lines too many, so that an exception bounds how long the file is.</summary>
    public IEnumerable<Breach> Find(SourceFile file)
    {
        if (file.Lines.Length > LinesAtMost)
            yield return new Breach(LinesAtMost + 1, $"{file.Lines.Length} lines", file.Lines.Length - LinesAtMost);
    }
}
