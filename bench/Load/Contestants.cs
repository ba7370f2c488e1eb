using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>Which servers are measured.</summary>
internal static class Contestants
{
    public const string ThisBuild = "tlsproxy";

    private static readonly string[] Engines = ["openssl", "bouncycastle"];

    /// <summary>The build of another checkout.</summary>
    public static string NameOf(string checkout) => $"{ThisBuild} of {checkout}";

    /// <summary>Those of curves and constant rates, which have many points: the first, the reference, and rivals.</summary>
    public static IReadOnlyList<IServer> OfCurves(IReadOnlyList<IServer> servers) =>
        [.. servers.Where((server, i) => i == 0 || i == servers.Count - 1 || server.IsRival)];

    /// <summary>Those of a comparison of hits.</summary>
    public static IReadOnlyList<IServer> Of(CellGroup cells, IReadOnlyList<IServer> servers) =>
        cells.HasRivals ? servers : [.. servers.Where(server => !server.IsRival)];

    /// <summary>How many <see cref="StartEngines"/> starts.</summary>
    public static int CountEngines(BenchOptions options) =>
        options.Quick || options.Targets.Count > 0 || options.Against.Length > 0 || options.With.Length > 0 ? 0 : Engines.Length;

    /// <summary>This build with each of its handshake engines, for new connections alone: behind the handshake nothing differs.</summary>
    public static IReadOnlyList<IServer> StartEngines(BenchOptions options, Site site, ChildProcesses processes) =>
    [
        .. Engines.Take(CountEngines(options)).Select(engine => new ProxyServer(
            $"{ThisBuild}, engine {engine}", options.Proxy, ["--tls-engine", engine], site, processes, kernelTls: false)),
    ];

    /// <summary>Starts them: this build first, the reference last.</summary>
    public static IReadOnlyList<IServer> Start(BenchOptions options, Site site, ChildProcesses processes)
    {
        if (options.Targets.Count > 0)
            return [.. options.Targets.GroupBy(target => target.Name).Select(targets => new TargetServer(targets))];
        site.StartOrigin(processes);
        var servers = new List<IServer> { new ProxyServer(ThisBuild, options.Proxy, options.With, site, processes, options.KernelTls) };
        if (options.Against.Length > 0)
        {
            servers.AddRange(options.Against.Select(checkout => new ProxyServer(
                NameOf(checkout), Path.Combine(checkout, ProxyServer.Executable), [], site, processes, options.KernelTls)));
            return servers;
        }

        // With settings of its own this build may mean io_uring alone; without, its two transports stand side by side.
        if (options.With.Length == 0)
        {
            servers.Add(new ProxyServer(
                ThisBuild + " over epoll", options.Proxy, ["--transport", "epoll"], site, processes, options.KernelTls));
        }

        if (options.SslStreamLoop is { } loop)
            servers.Add(new SslStreamLoop(loop, site, processes));
        if (options.Floor is { } floor)
            servers.Add(new FloorServer(floor, site, processes));
        if (options.Rivals)
            servers.AddRange([new HaproxyServer(site, processes), new H2oServer(site, processes)]);
        if (options.Varnish is { } folder)
            servers.Add(new VarnishServer(folder, site, processes));
        servers.Add(new NginxServer(site, processes, options.KernelTls));
        return servers;
    }
}
