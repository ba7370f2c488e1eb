using System.Diagnostics;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>The processes that the bench has started. They are ended by their ids, and by the kernel should the bench be killed.</summary>
internal sealed class ChildProcesses : IDisposable
{
    private readonly List<Process> _started = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<int, string> _logs = [];
    private bool _ended;

    /// <summary>Starts a server on the first processor. To be called on the main thread, since its end is the one the kernel watches
    /// for.</summary>
    /// <param name="log">File for what it prints.</param>
    public Process StartServer(string log, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> command) =>
        Start(Machine.ServerProcessor, log, environment, command);

    /// <summary>Starts a process on the processor of the clients.</summary>
    public Process StartBeside(string log, params IEnumerable<string> command) =>
        Start(Machine.ClientProcessor, log, new Dictionary<string, string>(), command);

    /// <summary>What the first of a server's processes that has ended printed last; null where all run, or it printed nothing.</summary>
    public string? LastWords(Candidate candidate)
    {
        lock (_gate)
        {
            return _started.Find(process => candidate.StartedIds.Contains(process.Id) && process.HasExited) is { } ended
                && File.Exists(_logs[ended.Id])
                ? File.ReadLines(_logs[ended.Id]).LastOrDefault(line => line.Length > 0)
                : null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
            foreach (var process in _started)
                Signal(process, "-TERM");
            foreach (var process in _started)
            {
                if (!process.WaitForExit(TimeSpan.FromSeconds(3)))
                    process.Kill(entireProcessTree: true);
                process.Dispose();
            }
        }
    }

    private static void Signal(Process process, string signal)
    {
        if (process.HasExited)
            return;
        using var kill = Process.Start("kill", [signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private Process Start(int processor, string log, IReadOnlyDictionary<string, string> environment, IEnumerable<string> command)
    {
        var start = new ProcessStartInfo("setpriv") { RedirectStandardInput = true };
        string[] before = ["--pdeathsig", "KILL", "taskset", "-c", $"{processor}", "sh", "-c", "exec \"$@\" >\"$0\" 2>&1", log];
        foreach (var argument in (IEnumerable<string>)[.. before, .. command])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        lock (_gate)
        {
            if (_ended)
                throw new BenchException("interrupted.");
            var process = Process.Start(start) ?? throw new BenchException($"{command.First()} could not be started.");
            process.StandardInput.Close();
            _started.Add(process);
            _logs[process.Id] = log;
            return process;
        }
    }
}
