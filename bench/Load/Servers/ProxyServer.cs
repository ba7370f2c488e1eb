using System.Globalization;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>A build of tlsproxy: a process with records in user space, and where the kernel has TLS one for each way of using it.</summary>
internal sealed class ProxyServer : IServer
{
    /// <summary>Where a checkout has its build.</summary>
    public const string Executable = "src/Proxy/bin/Release/net10.0/tlsproxy";

    private readonly string _libSsl;
    private readonly List<(Transport Records, int Id, int Plain, int Tls, ProxyCounters Counters)> _processes = [];

    /// <param name="executable">Of the build.</param>
    /// <param name="with">More options, and NAME=VALUE for the environment.</param>
    public ProxyServer(string name, string executable, string[] with, Site site, ChildProcesses processes, bool kernelTls)
    {
        Name = name;
        var environment = new Dictionary<string, string>(DotNet.OnOneProcessor);
        foreach (var pair in with.Where(IsVariable).Select(word => word.Split('=', 2)))
            environment[pair[0]] = pair[1];
        _libSsl = Machine.Output(environment, executable, site.LibSsl is null ? ["doctor"] : ["doctor", "--libssl", site.LibSsl])
            .Split('\n').Select(line => line.Trim())
            .FirstOrDefault(line => line.Contains("OpenSSL", StringComparison.Ordinal)) ?? "OpenSSL unknown";
        _libSsl = _libSsl[Math.Max(0, _libSsl.IndexOf("OpenSSL", StringComparison.Ordinal))..];
        var ways = new[] { Transport.Tls, Transport.KernelSend, Transport.KernelBoth, Transport.Auto };
        foreach (var records in ways.Where(way => kernelTls || !way.NeedsKernel()))
        {
            var ports = Ports.Free(3);
            string[] command =
            [
                executable, "serve", "--listen", Url("http", ports[0]), "--listen", Url("https", ports[1]),
                "--admin", Url("http", ports[2]),
                "--admin-token-file", site.Path("token"), "--origin", Url("http", site.OriginPort), "--workers", "1", "--default-ttl", "1h",
                "--certificate", site.Certificate, "--key", site.Key, "--ktls", Option(records),
                .. site.LibSsl is null ? Array.Empty<string>() : ["--libssl", site.LibSsl],
                .. with.Where(word => !IsVariable(word)),
            ];
            var log = site.Path(string.Create(CultureInfo.InvariantCulture, $"tlsproxy-{ports[0]}.log"));
            var process = processes.StartServer(log, environment, command);
            _processes.Add((records, process.Id, ports[0], ports[1], new ProxyCounters(Url("http", ports[2]))));
        }
    }

    public string Name { get; }

    public string Version => _libSsl;

    public string ChoiceOfRecords
    {
        get
        {
            if (_processes.Find(process => process.Records == Transport.Auto).Counters is not { } counters)
                return "makes records in user space, since this kernel has no TLS";
            return counters.Ask(ChoiceOfAuto.InWords);
        }
    }

    public IReadOnlyList<Candidate> Candidates(Cell cell)
    {
        var isPlaintext = cell.Transport == Transport.Plaintext;
        var records = isPlaintext ? Transport.Tls : cell.Transport;
        return
        [
            .. from process in _processes
               where process.Records == records
               let address = isPlaintext ? Url("http", process.Plain) : Url("https", process.Tls)
               let url = $"{address}/{cell.Work.Folder()}/{cell.Object.Name}"
               select new Candidate(Name, process.Id, url, process.Counters, IsCompiledOnTheWay: true),
        ];
    }

    public IReadOnlyList<Candidate> Forwarding(Cell cell) => Candidates(cell);

    private static string Option(Transport records) => records switch
    {
        Transport.Tls => "off",
        Transport.KernelSend => "tx",
        Transport.KernelBoth => "both",
        _ => "auto",
    };

    private static bool IsVariable(string word) => word.Contains('=', StringComparison.Ordinal) && char.IsAsciiLetterUpper(word[0]);

    private static string Url(string scheme, int port) => string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{port}");
}
