using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>A house rule that the tree can break.</summary>
internal interface IRule
{
    /// <summary>One sentence of what holds.</summary>
    string Sentence { get; }

    /// <summary>One sentence that says where code belongs that breaks the rule.</summary>
    string Belongs { get; }

    /// <summary>Every breach in those files, with the path of its file.</summary>
    IEnumerable<(string Path, Breach Breach)> FindAll(IReadOnlyList<SourceFile> files);
}
