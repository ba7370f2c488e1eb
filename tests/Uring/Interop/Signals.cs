using System.Runtime.InteropServices;

namespace TlsProxy.Uring.Tests.Interop;

/// <summary>Signals to one thread (tgkill(2)).</summary>
internal static partial class Signals
{
    public const int SIGWINCH = 28;

    /// <summary>The kernel's number of the calling thread.</summary>
    public static int CurrentThread() => gettid();

    public static void Send(int thread, int signal) => Assert.Equal(0, tgkill(Environment.ProcessId, thread, signal));

    [LibraryImport("libc")]
    private static partial int gettid();

    [LibraryImport("libc")]
    private static partial int tgkill(int process, int thread, int signal);
}
