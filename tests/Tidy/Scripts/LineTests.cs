using TlsProxy.Tidy.Tests.Rules;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Scripts;

public sealed class LineTests
{
    public static TheoryData<string> Scripts =>
        [.. new[] { "scripts", ".ci", "packaging", "bench" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(SourceTree.Root, folder), "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(SourceTree.Root, file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
            .Where(file => Path.GetExtension(file) is "" or ".sh" or ".py" or ".c")];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_keeps_to_the_columns_of_the_source(string script)
    {
        var lines = File.ReadAllLines(Path.Combine(SourceTree.Root, script));

        Assert.DoesNotContain(lines, line => line.Length > LineLength.Columns);
    }

    [Fact]
    public void The_scripts_were_found() => Assert.Contains(Scripts, row => row.Data == "scripts/check");
}
