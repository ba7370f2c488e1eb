using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A file whose readers wait, as on a network that hangs, until it is released: a FIFO that the test holds open. The file that was
/// there is back from then on.</summary>
internal sealed class SlowFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _held;

    private SlowFile(string path, FileStream held)
    {
        _path = path;
        _held = held;
    }

    private static string Aside(string path) => path + ".aside";

    public static async Task<SlowFile> PutAtAsync(string path)
    {
        File.Move(path, Aside(path));
        var made = await Command.RunAsync("mkfifo", [path]);
        Assert.Equal(0, made.ExitStatus);
        // For both directions: then neither this open waits, nor that of a reader (fifo(7)).
        return new SlowFile(path, new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
    }

    /// <summary>Waits until a process reads it.</summary>
    public async Task OpenedByAsync(int processId)
    {
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        var descriptors = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd");
        while (!Directory.GetFiles(descriptors).Any(link => new FileInfo(link).LinkTarget == _path))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Lets the readers come to an end, and those to come read the file that was there.</summary>
    public void Release()
    {
        if (File.Exists(Aside(_path)))
            File.Move(Aside(_path), _path, overwrite: true);
        _held.Dispose();
    }

    public void Dispose() => Release();
}
