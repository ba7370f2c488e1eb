using System.Globalization;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>Memory of a server's processes (proc(5), VmRSS). Buffers of the kernel's sockets don't count.</summary>
internal static class ResidentMemory
{
    public static long Kibibytes(Candidate candidate) => candidate.ProcessIds.Sum(Kibibytes);

    private static long Kibibytes(int processId)
    {
        try
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status"))
                .First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return long.Parse(words[1], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // The file is gone with the process, or has no memory in it while the process ends.
            throw ProcessorTime.Ended(processId);
        }
    }
}
