namespace TlsProxy.Proxy.Tests.Hosting.Admin;

/// <summary>The whole document of <c>/stats</c>: each field, its place and its value. Programs of operators read it.</summary>
public sealed class StatisticsDocumentTests
{
    [Fact]
    public async Task Every_field_has_its_place_and_its_value()
    {
        await using var scene = new StatisticsScene(isComplete: true);

        Assert.Equal(await File.ReadAllTextAsync(Path("complete")), scene.Read());
    }

    [Fact]
    public async Task Sections_of_what_is_not_configured_are_left_out()
    {
        await using var scene = new StatisticsScene(isComplete: false);

        Assert.Equal(await File.ReadAllTextAsync(Path("plain")), scene.Read());
    }

    private static string Path(string name) =>
        System.IO.Path.Combine(AppContext.BaseDirectory, "Hosting", "Admin", $"statistics-{name}.json");
}
