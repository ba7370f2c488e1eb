using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.Files;

/// <summary>What the kernel knows of a file (statx(2)).</summary>
/// <param name="Length">Bytes; 0 for what has no length.</param>
/// <param name="ModifiedNanoseconds">The time of the last change, since 1970.</param>
public readonly record struct FileStatus(FileKind Kind, UnixFileMode Mode, long Length, long ModifiedNanoseconds)
{
    /// <summary>The number of the file in its file system, which no other has while this one is open.</summary>
    public ulong Inode { get; init; }

    /// <summary>Looks at what a path leads to, after all links. Nothing is opened for it: no descriptor is needed, and neither a FIFO nor a
    /// device notices.</summary>
    /// <exception cref="IOException">Nothing is there, or the kernel doesn't say.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way is closed to this user.</exception>
    public static FileStatus Of(string path) => FileCalls.Examine(path);

    /// <summary>Whether a path leads to a regular file.</summary>
    public static bool IsRegular(string path)
    {
        try
        {
            return Of(path).Kind == FileKind.Regular;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
