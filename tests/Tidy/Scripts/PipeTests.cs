using System.Text.RegularExpressions;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Scripts;

/// <summary>Each script has pipefail. A reader that ends before its writer ends that by SIGPIPE, and then the script, if the writer is
/// late.</summary>
public sealed partial class PipeTests
{
    public static TheoryData<string> Scripts =>
        [.. Directory.GetFiles(Path.Combine(SourceTree.Root, "scripts")).Append(Path.Combine(SourceTree.Root, ".ci", "run"))
            .Where(file => File.ReadLines(file).First().Contains("bash", StringComparison.Ordinal)
                || file.EndsWith(".sh", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(SourceTree.Root, file))];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Nothing_ends_a_pipe_before_its_writer_does(string script)
    {
        var lines = File.ReadAllLines(Path.Combine(SourceTree.Root, script));

        Assert.DoesNotContain(lines, line => EarlyReader.IsMatch(line));
    }

    [Theory]
    [InlineData("sort -rn | head -n 1", true)]
    [InlineData("    head -n 1 || true", false)]
    [InlineData("list | grep -q x", true)]
    [InlineData("list | grep -Fqw x", true)]
    [InlineData("list | grep -m 1 x", true)]
    [InlineData("list | grep x >/dev/null", false)]
    [InlineData("true || grep -q x file", false)]
    [InlineData("list | sed -n 1p", false)]
    [InlineData("list | sed -n '1{p;q}'", true)]
    public void A_reader_that_ends_early_is_known(string line, bool endsEarly) => Assert.Equal(endsEarly, EarlyReader.IsMatch(line));

    [Fact]
    public async Task The_slowest_classes_of_many_are_listed_to_the_end_of_the_script()
    {
        const string script = """
            source scripts/testing.sh
            trap 'rm -rf "$RESULTS"' EXIT
            for i in {1..20000}; do echo "<test time=\"$i\" type=\"Class$i\" >"; done >"$RESULTS/One run.xml"
            slowest_classes 2
            echo "the end"
            """;

        Assert.Equal(
            " 20000.0 s  Class20000 (One run)\n 19999.0 s  Class19999 (One run)\nthe end", (await Shell.RunAsync(script)).Trim('\n'));
    }

    [GeneratedRegex(@"(?<!\|)\|\s*(head\b|grep\s+-\w*[qm]|sed\b.*\bq\b|awk\b.*\bexit\b)", RegexOptions.CultureInvariant)]
    private static partial Regex EarlyReader { get; }
}
