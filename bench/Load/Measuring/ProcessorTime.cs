using System.Globalization;

namespace TlsProxy.Bench.Load.Measuring;

internal static class ProcessorTime
{
    /// <summary>Nanoseconds that the threads of a process have run, user and system (proc(5), schedstat).</summary>
    public static long Of(int processId)
    {
        long sum = 0;
        foreach (var thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
        {
            try
            {
                sum += long.Parse(File.ReadAllText($"{thread}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended between the two looks; such threads of a pool have hardly run.
            }
        }

        return sum;
    }
}
