using System.Net;
using System.Net.Security;
using System.Runtime.InteropServices;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>One run: starts the servers, measures cell after cell, and tells.</summary>
internal sealed class Bench(BenchOptions options, ChildProcesses processes)
{
    private const string ThisBuild = "tlsproxy";
    private const int WarmingSeconds = 2;

    private readonly List<Result> _results = [];
    private readonly List<IdleResult> _idle = [];

    public void Run()
    {
        var cells = Plan.Cells(options);
        var site = new Site(options.Folder, options.LibSsl, Plan.Objects(options.Quick));
        site.StartOrigin(processes);
        var servers = StartServers(site);
        var circumstances = Circumstances(servers);
        foreach (var (name, value) in circumstances)
            Console.WriteLine($"{name}: {value}");
        if (Machine.CongestionControl == "bbr")
            Console.WriteLine("WARNING: bbr paces loopback and hides differences on large objects; run this as root, which measures in a network of its own.");
        var wrk = new Wrk(site);
        var meter = new Meter(wrk, new OtherLoad(options.Patience));
        Table.Head();
        foreach (var cell in cells)
        {
            Add(Compare(cell, servers, cell.Name, "requests", item =>
                meter.Measure(item, cell.Connections, options.Seconds), warm: item => wrk.Run(item.Url, cell.Connections, WarmingSeconds)));
        }

        if (!options.Quick)
            CompareConnections(servers, site);
        if (options.Json is { } json)
            JsonReport.Write(json, options, circumstances, _results, _idle);
    }

    /// <summary>This build first, the reference last.</summary>
    private List<IServer> StartServers(Site site)
    {
        var servers = new List<IServer> { new ProxyServer(ThisBuild, options.Proxy, options.With, site, processes, options.KernelTls) };
        if (options.Against.Length > 0)
        {
            servers.AddRange(options.Against.Select(checkout => new ProxyServer(
                $"{ThisBuild} of {checkout}", Path.Combine(checkout, ProxyServer.Executable), [], site, processes, options.KernelTls)));
            return servers;
        }

        // With settings of its own this build may mean io_uring alone; without, its two transports stand side by side.
        if (options.With.Length == 0)
            servers.Add(new ProxyServer(ThisBuild + " over epoll", options.Proxy, ["--transport", "epoll"], site, processes, options.KernelTls));
        if (options.SslStreamLoop is { } loop)
            servers.Add(new SslStreamLoop(loop, site, processes));
        if (options.Rivals)
            servers.AddRange([new HaproxyServer(site, processes), new H2oServer(site, processes)]);
        servers.Add(new NginxServer(site, processes, options.KernelTls));
        return servers;
    }

    private Dictionary<string, string> Circumstances(List<IServer> servers)
    {
        var known = new Dictionary<string, string>
        {
            ["machine"] = $"{Machine.Processor}, {Machine.Processors} processors, load {Machine.Load} at the start",
            ["kernel"] = $"{Machine.Kernel}, congestion control {Machine.CongestionControl}, "
                + (options.KernelTls ? $"TLS with {Machine.AesGcmDriver}" : "no TLS in it"),
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["measuring"] = $"{options.Rounds} rounds of {options.Seconds} s",
        };
        foreach (var server in servers)
            known[server.Name] = server.Version;
        if (options.With.Length > 0)
            known["with"] = string.Join(' ', options.With);
        return known;
    }

    private void CompareConnections(List<IServer> servers, Site site)
    {
        // One request a connection: the smallest object, so that the handshake is what costs.
        var cell = new Cell(Transport.Tls, Plan.Objects(options.Quick)[0], 1);
        var handshakes = new Handshakes(site);
        foreach (var (name, resume) in new[] { ("new connections, full handshake", false), ("new connections, resumed session", true) })
        {
            if (Plan.IsWanted(options, name))
                Add(Compare(cell, servers, name, "connections", item => handshakes.Measure(item, resume, options.Seconds),
                    warm: item => handshakes.Measure(item, resume, WarmingSeconds)));
        }

        if (!Plan.IsWanted(options, "idle connections"))
            return;
        foreach (var candidate in servers.Select(server => server.Candidates(cell)).Where(found => found.Count > 0).Select(found => found[0]))
        {
            WaitUntilServing(candidate);
            _idle.Add(new IdleResult(candidate.Name, IdleMemory.Measure(candidate)));
        }

        Table.Idle(_idle);
    }

    private Result? Compare(
        Cell cell, List<IServer> servers, string name, string unit, Func<Candidate, Sample> measure, Action<Candidate> warm)
    {
        var best = new List<Candidate>();
        foreach (var server in servers)
        {
            var candidates = server.Candidates(cell);
            foreach (var candidate in candidates)
            {
                WaitUntilServing(candidate);
                if (candidate.IsCompiledOnTheWay)
                    warm(candidate);
            }

            if (candidates.Count > 0)
                best.Add(Contest.Best(candidates, measure));
        }

        return best.Count < 2 ? null : new Result(name, unit, Contest.Run(best, best[^1], options.Rounds, measure));
    }

    private void Add(Result? result)
    {
        if (result is null)
            return;
        _results.Add(result);
        Table.Rows(result);
    }

    /// <summary>Waits for the server's port, and fetches the object once, which fills its cache.</summary>
    private static void WaitUntilServing(Candidate candidate)
    {
#pragma warning disable CA5359 // The server is one that this process has started.
        using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
#pragma warning restore CA5359
        using var client = new HttpClient(handler);
        var limit = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, candidate.Url);
                using var response = client.Send(request);
                if (response.StatusCode != HttpStatusCode.OK)
                    throw new BenchException($"{candidate.Name} answered {(int)response.StatusCode} to {candidate.Url}.");
                return;
            }
            catch (HttpRequestException exception) when (DateTime.UtcNow < limit)
            {
                // Not listening yet.
                _ = exception;
                Thread.Sleep(50);
            }
            catch (HttpRequestException exception)
            {
                throw new BenchException($"{candidate.Name} does not serve {candidate.Url}: {exception.Message}");
            }
        }
    }
}
