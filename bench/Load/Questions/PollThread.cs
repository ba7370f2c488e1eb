using System.Globalization;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>The kernel's thread that polls the submission queue of a process (IORING_SETUP_SQPOLL). It is a thread of the process, whose
/// processor time it adds to.</summary>
internal static class PollThread
{
    /// <summary>The kernel's name of such threads, before the id of the process.</summary>
    private const string Name = "iou-sqp";

    /// <returns>Nanoseconds that the process's poll threads have run; null where it has none.</returns>
    public static long? Time(int processId)
    {
        long? sum = null;
        var threads = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task");
        foreach (var thread in Directory.Exists(threads) ? Directory.EnumerateDirectories(threads) : [])
        {
            if (NanosecondsOf(thread) is { } time)
                sum = (sum ?? 0) + time;
        }

        return sum;
    }

    private static long? NanosecondsOf(string thread)
    {
        try
        {
            if (!File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(Name, StringComparison.Ordinal))
                return null;
            return long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The thread has ended since the folder was listed.
            return null;
        }
    }
}
