using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Why a file can't be made or written at a path, in the words of whoever has to mend it. The runtime tells a folder in the
/// place of a file, and a file in the place of a folder, as a lack of permission or as a file that exists.</summary>
internal static class PathErrors
{
    public static string Reason(Exception exception, string path)
    {
        if (Directory.Exists(path))
            return "it is a folder, not a file";
        for (var folder = FolderOf(path); folder is not null; folder = FolderOf(folder))
        {
            if (File.Exists(folder))
                return $"{folder} is a file, not a folder";
            if (Directory.Exists(folder))
                break;
        }

        return exception is DirectoryNotFoundException
            ? $"there is no folder {FolderOf(path)}"
            : FileErrors.Reason(exception);
    }

    private static string? FolderOf(string path) => path.Length == 0 ? null : Path.GetDirectoryName(Path.GetFullPath(path));
}
