using System.Globalization;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>nginx has no one best configuration: this runs one process for each way of sending files, and in each serves the files as they
/// are and through proxy_cache, over TLS with two buffer sizes. The best for a cell is found by trying.</summary>
internal sealed class NginxServer : IServer
{
    private static readonly (string Name, string Directives)[] Sending =
    [
        ("sendfile off", "sendfile off; output_buffers 2 128k;"),
        ("sendfile on", "sendfile on;"),
        ("sendfile and tcp_nopush on", "sendfile on; tcp_nopush on;"),
    ];

    private readonly List<Process> _processes = [];
    private readonly Site _site;
    private readonly bool _kernelTls;

    public NginxServer(Site site, ChildProcesses processes, bool kernelTls)
    {
        _site = site;
        _kernelTls = kernelTls;
        for (var i = 0; i < Sending.Length; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"nginx{i}");
            var ports = Ports.Free(4);
            File.WriteAllText(site.Path($"{name}.conf"), Configuration(name, Sending[i].Directives, ports));
            Directory.CreateDirectory(site.Path($"{name}-cache"));
            var started = processes.StartServer(
                site.Path($"{name}.log"), site.Environment, "nginx", "-e", "stderr", "-p", site.Path("."), "-c", site.Path($"{name}.conf"));
            _processes.Add(new Process(Sending[i].Name, started.Id, ports));
        }
    }

    public string Name => "nginx";

    public string Version
    {
        get
        {
            var lines = Machine.Output(_site.Environment, "nginx", "-V").Split('\n');
            var built = Array.Find(lines, line => line.StartsWith("built with", StringComparison.Ordinal)) ?? "OpenSSL unknown";
            var running = built.IndexOf("(running with ", StringComparison.Ordinal);
            return $"{lines[0].Split('/')[^1]}, {(running < 0 ? built["built with ".Length..] : built[(running + 14)..].TrimEnd(')'))}";
        }
    }

    public IReadOnlyList<Candidate> Candidates(Cell cell) => cell.Transport switch
    {
        Transport.Plaintext => [.. _processes.SelectMany(process => Kinds(process, cell, 0, process.Name))],
        // Sending files is nothing that records made in user space can use, so one process suffices, and its two sizes of records.
        Transport.Tls => [.. Kinds(_processes[0], cell, 1, "ssl_buffer_size 16k"), .. Kinds(_processes[0], cell, 2, "ssl_buffer_size 64k")],
        // A person would leave the kernel out where it costs more: the better of both stands against a server that chooses.
        Transport.Auto => !_kernelTls ? [] : [.. InKernel(cell), .. Kinds(_processes[0], cell, 1, "ssl_buffer_size 16k")],
        // OpenSSL's option gives the kernel both directions where it can take them: nginx can't have the kernel send alone.
        _ => !_kernelTls ? [] : [.. InKernel(cell)],
    };

    public IReadOnlyList<Candidate> Forwarding(Cell cell)
    {
        if (cell.Transport.NeedsKernel())
            return [];
        var (process, port) = (_processes[0], cell.Transport == Transport.Plaintext ? 0 : 1);
        var path = $"{cell.Work.Folder()}/{cell.Object.Name}";
        Candidate Of(string configuration, string start) =>
            new($"nginx ({configuration})", process.Id, Url(process, cell, port, start + path));
        return cell.Work == Work.Arrival
            ? [Of("proxy_cache_lock", string.Empty)]
            : [Of("proxy_pass", string.Empty), Of("proxy_pass, unbuffered", "unbuffered/")];
    }

    private IEnumerable<Candidate> InKernel(Cell cell) =>
        [.. Kinds(_processes[1], cell, 3, "kTLS, sendfile on"), .. Kinds(_processes[2], cell, 3, "kTLS, sendfile and tcp_nopush on")];

    private static IEnumerable<Candidate> Kinds(Process process, Cell cell, int port, string configuration)
    {
        foreach (var (kind, folder) in new[] { ("file", "object"), ("proxy_cache", "cached") })
        {
            var url = Url(process, cell, port, $"{folder}/{cell.Object.Name}");
            yield return new Candidate($"nginx ({kind}, {configuration})", process.Id, url);
        }
    }

    private static string Url(Process process, Cell cell, int port, string path) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(cell.Transport == Transport.Plaintext ? "http" : "https")}://127.0.0.1:{process.Ports[port]}/{path}");

    private string Configuration(string name, string sending, int[] ports) => string.Create(CultureInfo.InvariantCulture, $$"""
        {{NginxFiles.Process(_site, name)}}
        events { worker_connections 8192; }
        http {
            {{NginxFiles.Http(_site, name)}}
            {{sending}}
            tcp_nodelay on; keepalive_requests 100000000; open_file_cache max=100;
            proxy_cache_path {{_site.Path($"{name}-cache")}} keys_zone={{name}}:10m; proxy_cache {{name}}; proxy_cache_valid 200 1h;
            ssl_certificate {{_site.Certificate}}; ssl_certificate_key {{_site.Key}}; ssl_protocols TLSv1.3;
            root {{_site.Objects}};
            {{NginxFiles.Origin(_site)}}
            {{Server(ports[0], string.Empty, string.Empty)}}
            {{Server(ports[1], " ssl", "ssl_buffer_size 16k;")}}
            {{Server(ports[2], " ssl", "ssl_buffer_size 64k;")}}
            {{(_kernelTls ? Server(ports[3], " ssl", "ssl_conf_command Options KTLS;") : string.Empty)}}
        }
        """);

    private string Server(int port, string flags, string directives) => string.Create(CultureInfo.InvariantCulture, $$"""
        server {
                listen 127.0.0.1:{{port}}{{flags}}; {{directives}}
                location /cached/ { proxy_pass http://127.0.0.1:{{_site.OriginPort}}/object/; }
                {{NginxFiles.Forwarding}}
                location / { }
            }
        """);

    private sealed record Process(string Name, int Id, int[] Ports);
}
