using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TlsProxy.Testing.Interop;

/// <summary>A write lease on a file (fcntl(2)): until it is given up, the kernel lets nobody else open the file.</summary>
public sealed partial class FileLease : IDisposable
{
    private const int F_RDLCK = 0;
    private const int F_WRLCK = 1;
    private const int F_UNLCK = 2;
    private const int F_SETSIG = 10;
    private const int F_SETLEASE = 1024;
    private const int F_GETLEASE = 1025;

    // The holder is told of others by a signal; this one is ignored unless a process asks for it.
    private const int SIGURG = 23;

    private readonly SafeFileHandle _file;

    public FileLease(string path)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (fcntl(_file, F_SETSIG, SIGURG) != 0 || fcntl(_file, F_SETLEASE, F_WRLCK) != 0)
            throw new IOException($"No lease on {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Whether somebody waits to open the file.</summary>
    public bool IsAwaited => fcntl(_file, F_GETLEASE, 0) == F_RDLCK;

    public void Dispose()
    {
        if (!_file.IsClosed)
            _ = fcntl(_file, F_SETLEASE, F_UNLCK);
        _file.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, int argument);
}
