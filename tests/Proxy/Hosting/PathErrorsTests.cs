using TlsProxy.Proxy.Hosting;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class PathErrorsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_told() =>
        Assert.Equal("it is a folder, not a file", Reason(_folder.Location));

    [Fact]
    public void A_file_in_the_place_of_a_folder_is_told_by_its_name()
    {
        File.WriteAllText(_folder["file"], "");
        Assert.Equal($"{_folder["file"]} is a file, not a folder", Reason(_folder["file/log"]));
        Assert.Equal($"{_folder["file"]} is a file, not a folder", Reason(_folder["file/logs/log"]));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told_by_its_name() =>
        Assert.Equal($"there is no folder {_folder["logs"]}", Reason(_folder["logs/log"]));

    private static string Reason(string path) =>
        PathErrors.Reason(Assert.ThrowsAny<Exception>(() => File.AppendAllText(path, "line")), path);
}
