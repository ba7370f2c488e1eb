using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Instructions;

namespace TlsProxy.Bench.Tests.Instructions;

public sealed class KernelProbesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tracefs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Probes_are_enabled_when_all_are_set_and_disabled_before_they_are_removed()
    {
        _folder.CreateSubdirectory("events/kprobes");
        File.WriteAllText(In("events/kprobes/enable"), string.Empty);
        File.WriteAllText(In("kprobe_events"), string.Empty);
        File.WriteAllText(In("kprobe_profile"), "bench_zerocopy 1 0\nbench_memcopy 2 0\nbench_record 3 0\n");

        using (var probes = new KernelProbes(_folder.FullName))
        {
            Assert.Equal("1\n", File.ReadAllText(In("events/kprobes/enable")));
            Assert.Equal(new ProbeCounts(1, 2, 3), probes.Read());
        }

        Assert.Equal("0\n", File.ReadAllText(In("events/kprobes/enable")));
        Assert.StartsWith("-:", File.ReadAllText(In("kprobe_events")), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_tracefs_the_error_says_what_could_not_be_written_where()
    {
        var thrown = Assert.Throws<BenchException>(() => new KernelProbes(_folder.FullName));

        Assert.Contains("p:bench_zerocopy sk_msg_zerocopy_from_iter", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(In("kprobe_events"), thrown.Message, StringComparison.Ordinal);
    }

    private string In(string file) => Path.Combine(_folder.FullName, file);
}
