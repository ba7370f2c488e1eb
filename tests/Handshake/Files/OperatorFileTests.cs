using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using TlsProxy.Handshake.Files;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.Files;

public sealed class OperatorFileTests : IDisposable
{
    private const int Maximum = 1000;

    private static readonly TimeSpan s_never = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(50);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Maximum)]
    public void A_file_is_read_whole_up_to_the_limit(int length)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        File.WriteAllBytes(_folder["file"], content);
        File.CreateSymbolicLink(_folder["link"], _folder["file"]);
        Assert.Equal(content, OperatorFile.ReadAll(_folder["file"], Maximum, pipes: null));
        Assert.Equal(content, OperatorFile.ReadAll(_folder["link"], Maximum, pipes: null));
    }

    [Fact]
    public void A_file_beyond_the_limit_is_refused_and_the_limit_told()
    {
        File.WriteAllBytes(_folder["file"], new byte[Maximum + 1]);
        Refused<IOException>(_folder["file"], "it is longer than 1000 bytes");
        var refusal = Assert.Throws<IOException>(() =>
        {
            File.WriteAllBytes(_folder["file"], new byte[(1 << 20) + 1]);
            OperatorFile.ReadAll(_folder["file"], 1 << 20, pipes: null);
        });
        Assert.Equal("it is longer than 1 MiB", refusal.Message);
    }

    [Fact]
    public void A_file_that_tells_no_length_is_read_all_the_same()
    {
        var content = OperatorFile.ReadAll("/proc/version", Maximum, pipes: null);
        Assert.StartsWith("Linux", Encoding.ASCII.GetString(content), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_is_refused_and_named()
    {
        Refused<IOException>("/dev/zero", "it is a device");
        Refused<IOException>(_folder.Location, "it is a folder");
        MakePipe();
        Refused<IOException>(_folder["pipe"], "it is a pipe, which is read at a start only", pipes: null);
        Refused<FileNotFoundException>(_folder["none"], "No such file");
        Refused<FileNotFoundException>(_folder["pipe/none"], "Not a directory");
        Refused<IOException>("", "a path has at least one character");
        Refused<IOException>("a\0b", "a path has at least one character");
    }

    [Fact]
    public void A_pipe_whose_writer_does_not_come_is_refused_when_the_time_is_over()
    {
        MakePipe();
        Refused<IOException>(_folder["pipe"], "the pipe didn't end within 0.05 s", s_soon);
    }

    [Fact]
    public void A_pipe_whose_writer_does_not_end_is_refused_when_the_time_is_over()
    {
        MakePipe();
        using var writer = File.Open(_folder["pipe"], FileMode.Open, FileAccess.ReadWrite);
        writer.Write("half"u8);
        writer.Flush();
        Refused<IOException>(_folder["pipe"], "the pipe didn't end within 0.05 s", s_soon);
    }

    [Fact]
    public void A_pipe_that_goes_on_beyond_the_limit_is_refused_at_once()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        using var writer = new AnonymousPipeClientStream(PipeDirection.Out, pipe.ClientSafePipeHandle);
        writer.Write(new byte[Maximum + 1]);
        Refused<IOException>($"/dev/fd/{pipe.SafePipeHandle.DangerousGetHandle()}", "it is longer than 1000 bytes", s_never);
    }

    [Fact]
    public async Task A_FIFO_is_read_to_its_end_whenever_its_writer_comes()
    {
        MakePipe();
        var reading = Task.Run(() => OperatorFile.ReadAll(_folder["pipe"], Maximum, s_never), TestContext.Current.CancellationToken);
        // This open waits for the reader.
        await using (var writer = File.Open(_folder["pipe"], FileMode.Open, FileAccess.Write))
        {
            writer.Write("first "u8);
            writer.Flush();
            writer.Write("second"u8);
        }

        Assert.Equal("first second"u8.ToArray(), await reading);
    }

    [Fact]
    public async Task A_file_on_which_another_program_holds_a_lease_is_read_when_it_is_given_up()
    {
        await File.WriteAllTextAsync(_folder["file"], "content", TestContext.Current.CancellationToken);
        using var lease = new FileLease(_folder["file"]);
        var reading = Task.Run(() => OperatorFile.ReadAll(_folder["file"], Maximum, null), TestContext.Current.CancellationToken);
        while (!lease.IsAwaited)
            await Task.Yield();
        Assert.False(reading.IsCompleted);
        lease.Dispose();
        Assert.Equal("content"u8.ToArray(), await reading);
    }

    [Fact]
    public void The_permissions_are_told()
    {
        File.WriteAllText(_folder["file"], string.Empty);
        File.SetUnixFileMode(_folder["file"], UnixFileMode.UserRead | UnixFileMode.GroupWrite);
        using var file = OperatorFile.Open(_folder["file"], pipes: null);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupWrite, file.Mode);
    }

    private static void Refused<T>(string path, string why, TimeSpan? pipes = null)
        where T : Exception =>
        Assert.StartsWith(why, Assert.Throws<T>(() => OperatorFile.ReadAll(path, Maximum, pipes)).Message, StringComparison.Ordinal);

    private void MakePipe()
    {
        using var made = Process.Start("mkfifo", [_folder["pipe"]]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
