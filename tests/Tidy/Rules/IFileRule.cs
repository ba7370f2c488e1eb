using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>A house rule that one file can break, whatever the others hold.</summary>
internal interface IFileRule : IRule
{
    IEnumerable<Breach> Find(SourceFile file);

    IEnumerable<(string Path, Breach Breach)> IRule.FindAll(IReadOnlyList<SourceFile> files) =>
        files.SelectMany(Find, (file, breach) => (file.Path, breach));
}
