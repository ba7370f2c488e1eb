using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>A class of tests is about one engine if it names that one and no other, or if it asks which one the run is about.</summary>
internal sealed class OneEngineListed : IFileRule
{
    private const string Engines = "TlsEngine";

    private static readonly string[] s_kinds = ["OpenSsl", "BouncyCastle"];
    private static readonly string[] s_ofTheRun = ["TestEngines.Current", "TestRun.Engine"];

    public string Sentence => "Tests run over both engines of handshakes; those that one alone can pass stand in a list, with reasons.";

    public string Belongs => "A test that can't pass over both engines belongs in OneEngineList, with the section of the RFC behind it.";

    public IEnumerable<Breach> Find(SourceFile file) =>
        from type in TestsOfOneEngine(file)
        where OneEngineList.All.All(entry => entry.Class != type.Identifier.ValueText)
        select new Breach(SourceFile.LineOf(type), $"{type.Identifier.ValueText} is about one engine");

    /// <summary>The classes of tests that are about one engine.</summary>
    public static IEnumerable<ClassDeclarationSyntax> TestsOfOneEngine(SourceFile file) =>
        !file.Path.StartsWith("tests/", StringComparison.Ordinal)
            ? []
            : file.Root.DescendantNodes().OfType<ClassDeclarationSyntax>().Where(type => TestsOf(type).Any() && IsOfOneEngine(type));

    /// <summary>The names of the tests in a class.</summary>
    public static IEnumerable<string> TestsOf(ClassDeclarationSyntax type) =>
        from method in type.Members.OfType<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(list => list.Attributes).Any(one => one.Name.ToString() is "Fact" or "Theory")
        select method.Identifier.ValueText;

    private static bool IsOfOneEngine(ClassDeclarationSyntax type)
    {
        var names = type.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Select(name => name.ToString()).ToHashSet();
        var isOfBoth = names.Contains($"Enum.GetValues<{Engines}>");
        return (!isOfBoth && s_kinds.Count(kind => names.Contains($"{Engines}.{kind}")) == 1) || s_ofTheRun.Any(names.Contains);
    }
}
