using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>A house rule that one file can break.</summary>
internal interface IRule
{
    /// <summary>One sentence of what holds.</summary>
    string Sentence { get; }

    IEnumerable<Breach> Find(SourceFile file);
}
