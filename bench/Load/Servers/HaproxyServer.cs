using System.Globalization;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>HAProxy with its cache before the origin.</summary>
internal sealed class HaproxyServer : IServer
{
    private readonly int _id;
    private readonly int[] _ports = Ports.Free(2);

    public HaproxyServer(Site site, ChildProcesses processes)
    {
        File.WriteAllText(site.Path("haproxy.pem"), File.ReadAllText(site.Certificate) + File.ReadAllText(site.Key));
        File.SetUnixFileMode(site.Path("haproxy.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(site.Path("haproxy.cfg"), string.Create(CultureInfo.InvariantCulture, $"""
            global
                nbthread 1
                maxconn 8192
            defaults
                mode http
                timeout connect 5s
                timeout client 60s
                timeout server 60s
            cache objects
                total-max-size 64
                max-object-size 4000000
                max-age 3600
            frontend in
                bind 127.0.0.1:{_ports[0]}
                bind 127.0.0.1:{_ports[1]} ssl crt {site.Path("haproxy.pem")} ssl-min-ver TLSv1.3 alpn http/1.1
                http-request cache-use objects
                http-response set-header Cache-Control max-age=3600
                http-response cache-store objects
                default_backend origin
            backend origin
                server origin 127.0.0.1:{site.OriginPort}

            """));
        _id = processes.StartServer(site.Path("haproxy.log"), site.Environment, "haproxy", "-db", "-f", site.Path("haproxy.cfg")).Id;
        var lines = Machine.Output(site.Environment, "haproxy", "-vv").Split('\n');
        Version = $"{lines[0].Split(' ')[2]}, "
            + (Array.Find(lines, line => line.StartsWith("Running on OpenSSL", StringComparison.Ordinal))?.Split(": ")[^1].Trim()
                ?? "OpenSSL unknown");
    }

    public string Name => "HAProxy";

    public bool IsRival => true;

    public string Version { get; }

    public IReadOnlyList<Candidate> Candidates(Cell cell)
    {
        if (cell.Transport.NeedsKernel())
            return [];
        var (scheme, port) = cell.Transport == Transport.Plaintext ? ("http", _ports[0]) : ("https", _ports[1]);
        var url = string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{port}/object/{cell.Object.Name}");
        return [new Candidate(Name, _id, url)];
    }
}
