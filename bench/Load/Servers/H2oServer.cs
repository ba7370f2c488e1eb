using System.Globalization;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>h2o serving the files.</summary>
internal sealed class H2oServer : IServer
{
    private readonly int _id;
    private readonly int[] _ports = Ports.Free(2);

    public H2oServer(Site site, ChildProcesses processes)
    {
        File.WriteAllText(site.Path("h2o.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            num-threads: 1
            pid-file: {site.Path("h2o.pid")}
            error-log: {site.Path("h2o.log")}
            listen:
              host: 127.0.0.1
              port: {_ports[0]}
            listen:
              host: 127.0.0.1
              port: {_ports[1]}
              ssl:
                certificate-file: {site.Certificate}
                key-file: {site.Key}
                minimum-version: TLSv1.2
            hosts:
              default:
                paths:
                  /:
                    file.dir: {site.Objects}
            {(Environment.UserName == "root" ? "user: root" : string.Empty)}

            """));
        _id = processes.StartServer(site.Path("h2o.out"), site.Environment, "h2o", "-c", site.Path("h2o.conf")).Id;
        var lines = Machine.Output(site.Environment, "h2o", "--version").Split('\n');
        Version = string.Join(", ", lines.Where(line => line.Length > 0).Take(2));
    }

    public string Name => "h2o";

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
