using System.Globalization;
using System.Runtime.InteropServices;

namespace TlsProxy.Uring.Tests.Interop;

/// <summary>A process that may open no more files until the disposal (RLIMIT_NOFILE, getrlimit(2)). Nothing else may run
/// meanwhile.</summary>
internal sealed unsafe partial class DescriptorShortage : IDisposable
{
    private const int RLIMIT_NOFILE = 7;

    private readonly Stack<int> _fillers = new();
    private readonly Limit _before;

    public DescriptorShortage()
    {
        // What earlier tests have dropped is closed now, and not within what follows.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        fixed (Limit* before = &_before)
            Assert.Equal(0, getrlimit(RLIMIT_NOFILE, before));
        var highest = Directory.GetFiles("/proc/self/fd").Max(file => ulong.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture));
        var lowered = _before with { Current = highest + 20 };
        Assert.Equal(0, setrlimit(RLIMIT_NOFILE, &lowered));
        Fill();
    }

    /// <summary>Takes what the runtime has closed meanwhile.</summary>
    public void Fill()
    {
        while (dup(0) is var filler and >= 0)
            _fillers.Push(filler);
    }

    /// <summary>Gives one descriptor back.</summary>
    public void Relent() => Assert.Equal(0, close(_fillers.Pop()));

    public void Dispose()
    {
        while (_fillers.Count > 0)
            Relent();
        var before = _before;
        Assert.Equal(0, setrlimit(RLIMIT_NOFILE, &before));
    }

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, Limit* limit);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, Limit* limit);

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    private record struct Limit(ulong Current, ulong Maximum);
}
