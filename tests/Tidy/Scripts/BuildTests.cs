namespace TlsProxy.Tidy.Tests.Scripts;

/// <summary>What the scripts show while they build.</summary>
public sealed class BuildTests
{
    [Fact]
    public async Task A_build_shows_that_it_goes_on_and_leaves_nothing_running()
    {
        // The build doesn't end before it has been said that it goes on.
        const string script = """
            said="$(mktemp)"
            dotnet() { until grep -q 'still at it' "$said"; do sleep 0.05; done; }
            TICK_SECONDS=0.01
            build some/project.csproj 2>"$said"
            jobs -p
            head -n 1 "$said"
            rm "$said"
            """;
        Assert.Equal("Building project.csproj (a first build takes a minute or two) …", await Shell.RunAsync(script));
    }
}
