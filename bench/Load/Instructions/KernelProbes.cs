using System.Text;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>Probes in the kernel (Documentation/trace/kprobetrace.rst) that count what its TLS does with the bytes of a send. They stand
/// only while this lives, for each hit costs instructions of its own.</summary>
internal sealed class KernelProbes : IDisposable
{
    private readonly string _folder;

    /// <param name="folder">Where tracefs is mounted.</param>
    /// <exception cref="BenchException">The kernel refuses a probe.</exception>
    public KernelProbes(string folder = "/sys/kernel/tracing")
    {
        _folder = folder;
        foreach (var (name, function) in ProbeCounts.Functions)
            Write("kprobe_events", $"p:{name} {function}");
        Write("events/kprobes/enable", "1");
    }

    public ProbeCounts Read() => ProbeCounts.Parse(File.ReadAllText(Path.Combine(_folder, "kprobe_profile")));

    public void Dispose()
    {
        Write("events/kprobes/enable", "0");
        foreach (var name in ProbeCounts.Functions.Keys)
            Write("kprobe_events", $"-:{name}");
    }

    private void Write(string file, string line)
    {
        try
        {
            var path = Path.Combine(_folder, file);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(Encoding.ASCII.GetBytes($"{line}\n"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"the kernel refused \"{line}\" in {_folder}/{file}: {exception.Message}");
        }
    }
}
