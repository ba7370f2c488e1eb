using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Ends the process where it can't go on, with one line that says why, so that its supervisor starts another. ARCHITECTURE.md
/// names the callers.</summary>
internal static class ProcessEnd
{
    /// <summary>The exit status of an internal software error (EX_SOFTWARE, sysexits.h).</summary>
    public const int ExitStatus = 70;

    /// <summary>A worker's loop has thrown beside its callbacks.</summary>
    public static void OfLoop(string worker, Exception exception) => Now(exception is OutOfMemoryException
        ? $"{worker} has no memory to go on; set --cache-size lower, or give the process more."
        : $"{worker} can't go on: {(exception is LoopLostException ? exception.Message : exception)}");

    /// <summary>A thread that isn't the proxy's own has thrown, where nothing could contain it.</summary>
    public static void OfUnhandled(Exception exception) => Now($"an exception was thrown where nothing contains it: {exception}");

    private static void Now(string reason)
    {
        Console.Error.WriteLine($"tlsproxy: {reason.ReplaceLineEndings(" ")} The process ends.");
        Environment.Exit(ExitStatus);
    }
}
