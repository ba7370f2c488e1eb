using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

internal sealed class NamespaceIsFolder : IFileRule
{
    public string Sentence => "A namespace is file-scoped and ends with the folders below the project's.";

    public string Belongs => "A type belongs in the folder that its namespace names: move the file, or rename the namespace.";

    public IEnumerable<Breach> Find(SourceFile file)
    {
        foreach (var block in file.Root.DescendantNodes().OfType<NamespaceDeclarationSyntax>())
            yield return new Breach(SourceFile.LineOf(block), "a namespace in braces");

        // src/Proxy/Cache/Rules/X.cs: the first two folders are the project.
        var folders = string.Concat(file.Segments.Skip(2).SkipLast(1).Select(folder => "." + folder));
        foreach (var declared in file.Root.DescendantNodes().OfType<FileScopedNamespaceDeclarationSyntax>())
            if (!declared.Name.ToString().EndsWith(folders, StringComparison.Ordinal))
                yield return new Breach(SourceFile.LineOf(declared), $"namespace {declared.Name} doesn't end with {folders}");
    }
}
