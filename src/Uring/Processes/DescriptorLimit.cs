using TlsProxy.Uring.Interop;

namespace TlsProxy.Uring.Processes;

/// <summary>How many descriptors the process may hold (RLIMIT_NOFILE, getrlimit(2)).</summary>
public static unsafe class DescriptorLimit
{
    private const int RLIMIT_NOFILE = 7;
    private const string Open = "/proc/self/fd";

    /// <summary>Raises the soft limit to the hard one.</summary>
    /// <returns>The limit then.</returns>
    public static int Raise()
    {
        ResourceLimit limit;
        if (Libc.getrlimit(RLIMIT_NOFILE, &limit) < 0)
            return int.MaxValue;
        if (limit.Soft < limit.Hard)
        {
            var raised = new ResourceLimit { Soft = limit.Hard, Hard = limit.Hard };
            if (Libc.setrlimit(RLIMIT_NOFILE, &raised) == 0)
                limit = raised;
        }

        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    /// <summary>The soft limit of this moment, which another process may have lowered (prlimit(2)).</summary>
    public static int Current()
    {
        ResourceLimit limit;
        return Libc.getrlimit(RLIMIT_NOFILE, &limit) < 0 ? int.MaxValue : (int)Math.Min(limit.Soft, int.MaxValue);
    }

    /// <summary>The descriptors that are open now.</summary>
    public static int CountOpen() => Directory.EnumerateFileSystemEntries(Open).Count() - 1;
}
