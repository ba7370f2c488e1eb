using static TlsProxy.Handshake.Interop.ErrorNumbers;

namespace TlsProxy.Handshake.Certificates;

/// <summary>Why a file can't be read, in the words of whoever has to mend it.</summary>
public static class FileErrors
{
    /// <summary>Whether there was no descriptor to open the file with: nothing is known of the file then. The runtime has no exception of
    /// its own for that: an IOException carries the kernel's number (errno(3)).</summary>
    public static bool IsShortage(Exception exception) => exception is IOException { HResult: EMFILE or ENFILE };

    public static string Reason(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "no permission",
        _ when IsShortage(exception) => "no descriptor is left to open it with",
        _ => exception.Message,
    };

    /// <summary>What to do about it.</summary>
    /// <param name="otherwise">The advice for a file that is missing or closed to the process.</param>
    public static string Advice(Exception exception, string otherwise) =>
        IsShortage(exception) ? "raise the limit of open files (ulimit -n, LimitNOFILE)" : otherwise;
}
