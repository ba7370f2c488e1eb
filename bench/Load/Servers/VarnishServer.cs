using System.Globalization;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>Varnish with its cache in memory before the origin, and hitch before Varnish for TLS where it is installed.</summary>
internal sealed class VarnishServer : IServer
{
    /// <summary>What Varnish would log of each request in its shared memory. The other servers have no log of requests either.</summary>
    private static readonly string[] Logged =
    [
        "Begin", "End", "Link", "Timestamp", "SessOpen", "SessClose", "ReqStart", "ReqMethod", "ReqURL", "ReqProtocol", "ReqHeader",
        "ReqUnset", "RespProtocol", "RespStatus", "RespReason", "RespHeader", "RespUnset", "ReqAcct", "VCL_call", "VCL_return", "Hit",
    ];

    private readonly Site _site;
    private readonly int _varnish;
    private readonly int? _hitch;
    private readonly int[] _ports = Ports.Free(3);

    /// <param name="folder">Varnish compiles its configuration here and loads it, which some machines forbid below /dev/shm.</param>
    public VarnishServer(string folder, Site site, ChildProcesses processes)
    {
        _site = site;
        File.WriteAllText(site.Path("varnish.vcl"), string.Create(CultureInfo.InvariantCulture, $$"""
            vcl 4.1;
            backend origin { .host = "127.0.0.1"; .port = "{{site.OriginPort}}"; }
            sub vcl_recv { return (hash); }
            sub vcl_backend_response { set beresp.ttl = 1h; }

            """));
        // One pool of threads for one processor. Idle connections are kept, as the other servers keep theirs.
        var mask = string.Join(',', Logged.Select(tag => $"-{tag}"));
        string[] parameters = ["thread_pools=1", $"vsl_mask={mask}", "vsl_space=4m", "timeout_idle=3600"];
        _varnish = processes.StartServer(
            site.Path("varnish.log"), site.Environment,
            [
                "varnishd", "-F", "-j", "none", "-n", folder, "-T", "none", "-a", Address(0), "-a", $"{Address(1)},PROXY",
                "-f", site.Path("varnish.vcl"), "-s", "malloc,256m", .. parameters.SelectMany(pair => new[] { "-p", pair }),
            ]).Id;
        Version = FirstLine("varnishd", "-V").Split('(', ')')[1];
        if (!IsThere("hitch"))
            return;

        _hitch = StartHitch(processes);
        Version += $", {FirstLine("hitch", "--version")}";
    }

    public string Name => "Varnish";

    public bool IsRival => true;

    public string Version { get; }

    public IReadOnlyList<Candidate> Candidates(Cell cell)
    {
        var path = $"object/{cell.Object.Name}";
        return cell.Transport switch
        {
            Transport.Plaintext => [Of("Varnish", $"http://{Address(0)}/{path}", _varnish)],
            Transport.Tls when _hitch is { } hitch => [Of("Varnish behind hitch", $"https://{Address(2)}/{path}", _varnish, hitch)],
            _ => [],
        };
    }

    /// <summary>The processes that serve are children of those that were started.</summary>
    private static Candidate Of(string name, string url, params int[] started) => new(name, started[0], url)
    {
        MoreProcessIds = started[1..],
        Children = new(() => [.. started.SelectMany(ChildrenOf.Process)], LazyThreadSafetyMode.PublicationOnly),
    };

    private int StartHitch(ChildProcesses processes)
    {
        var pem = _site.Path("hitch.pem");
        File.WriteAllText(pem, File.ReadAllText(_site.Key) + File.ReadAllText(_site.Certificate));
        File.SetUnixFileMode(pem, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(_site.Path("hitch.conf"), string.Create(CultureInfo.InvariantCulture, $$"""
            frontend = "[127.0.0.1]:{{_ports[2]}}"
            backend = "[127.0.0.1]:{{_ports[1]}}"
            write-proxy-v2 = on
            workers = 1
            backlog = 4096
            daemon = off
            syslog = off
            tls-protos = TLSv1.3
            ocsp-dir = ""
            pem-file = "{{pem}}"
            {{(Environment.IsPrivilegedProcess ? "user = \"nobody\"" : string.Empty)}}

            """));
        return processes.StartServer(
            _site.Path("hitch.log"), _site.Environment, "hitch", $"--config={_site.Path("hitch.conf")}").Id;
    }

    private string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_ports[port]}");

    private string FirstLine(string program, string option) => Machine.Output(_site.Environment, program, option).Split('\n')[0].Trim();

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
