using System.Diagnostics;
using System.Runtime.InteropServices;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Ends the process where it can't go on, with one line that says why, so that its supervisor starts another. ARCHITECTURE.md
/// names the callers.</summary>
internal static class ProcessEnd
{
    /// <summary>The exit status of an internal software error (EX_SOFTWARE, sysexits.h).</summary>
    public const int ExitStatus = 70;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    // Made before memory is short; it never fires but in the end.
    private static readonly Timer s_deadline = new(static _ => Environment.Exit(ExitStatus));

    private static int s_hasBegun;

    /// <summary>Ends the process when a thread that isn't the proxy's own throws, where nothing could contain it.</summary>
    /// <param name="drain">Has the process end in order.</param>
    public static void Register(Action drain) =>
        AppDomain.CurrentDomain.UnhandledException += (_, thrown) => OfUnhandled((Exception)thrown.ExceptionObject, drain);

    /// <summary>A worker's loop has thrown beside its callbacks.</summary>
    public static void OfLoop(string worker, Exception exception) => Now(exception is OutOfMemoryException
        ? LackOfMemory(worker)
        : $"{worker} can't go on: {(exception is LoopLostException ? exception.Message : exception)}");

    private static void OfUnhandled(Exception exception, Action drain)
    {
        // What follows needs descriptors, too.
        _ = DescriptorLimit.Raise();
        if (exception is OutOfMemoryException && IsOfSignal(exception))
        {
            // The runtime starts a thread for each SIGTERM, SIGINT and SIGQUIT. Without descriptors it can't, and the signal asks for an
            // end in order all the same; this thread, which takes the signals, never goes on.
            drain();
            Thread.Sleep(Timeout.Infinite);
        }

        Now(exception is OutOfMemoryException
            ? LackOfMemory(Thread.CurrentThread.Name ?? "a thread of the runtime's")
            : $"an exception was thrown where nothing contains it: {exception}");
    }

    private static bool IsOfSignal(Exception exception) =>
        new StackTrace(exception).GetFrames()
            .Any(frame => DiagnosticMethodInfo.Create(frame)?.DeclaringTypeName == typeof(PosixSignalRegistration).FullName);

    private static string LackOfMemory(string thread) =>
        $"{thread} has no memory to go on; set --cache-size lower, or give the process more.";

    private static void Now(string reason)
    {
        // The first line tells the cause. The others would follow from it.
        if (Interlocked.Exchange(ref s_hasBegun, 1) != 0)
            Thread.Sleep(Timeout.Infinite);
        // A reader of standard error may have stopped reading.
        s_deadline.Change(s_patience, Timeout.InfiniteTimeSpan);
        Console.Error.WriteLine($"tlsproxy: {reason.ReplaceLineEndings(" ")} The process ends.");
        Environment.Exit(ExitStatus);
    }
}
