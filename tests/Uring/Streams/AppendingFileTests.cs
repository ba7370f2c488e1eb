using System.Text;
using TlsProxy.Uring.Streams;

namespace TlsProxy.Uring.Tests.Streams;

public sealed class AppendingFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Whoever_writes_writes_behind_what_others_have_written()
    {
        using var one = AppendingFile.Open(_path);
        using var other = AppendingFile.Open(_path);
        var expected = new StringBuilder();
        for (var i = 0; i < 20; i++)
        {
            var line = $"{i}\n";
            (i % 3 == 0 ? other : one).Write(Encoding.ASCII.GetBytes(line));
            expected.Append(line);
        }

        Assert.Equal(expected.ToString(), File.ReadAllText(_path));
    }

    [Fact]
    public void A_file_that_was_emptied_meanwhile_has_no_hole()
    {
        using var log = AppendingFile.Open(_path);
        log.Write("before\n"u8);
        File.WriteAllText(_path, string.Empty);
        log.Write("after\n"u8);
        Assert.Equal("after\n", File.ReadAllText(_path));
    }
}
