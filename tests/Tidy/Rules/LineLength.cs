using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class LineLength : IFileRule
{
    public const int Columns = 140;

    public string Sentence => "A line has 140 columns at most.";

    public string Belongs => "The rest of a long line belongs on a line of its own, broken where a reader would pause.";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        for (var i = 0; i < file.Lines.Length; i++)
            if (file.Lines[i].Length > Columns)
                yield return new Breach(i + 1, $"{file.Lines[i].Length} columns");
    }
}
