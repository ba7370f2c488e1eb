using System.Globalization;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>The bare loop over Socket and SslStream that stands in <c>bench/Rivals</c>: what .NET costs without a proxy around
/// it.</summary>
internal sealed class SslStreamLoop : IServer
{
    private readonly int _id;
    private readonly int[] _ports = Ports.Free(2);

    public SslStreamLoop(string assembly, Site site, ChildProcesses processes)
    {
        // Completions are run where epoll reports them, without a thread between: the loop's best case.
        var environment = new Dictionary<string, string>([.. site.Environment, .. DotNet.OnOneProcessor])
        {
            ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        };
        _id = processes.StartServer(
            site.Path("sslstream-loop.log"), environment, "dotnet", assembly, site.Objects, site.Certificate, site.Key,
            _ports[0].ToString(CultureInfo.InvariantCulture), _ports[1].ToString(CultureInfo.InvariantCulture)).Id;
    }

    public string Name => "bare SslStream loop";

    public string Version => $".NET {Environment.Version}";

    public IReadOnlyList<Candidate> Candidates(Cell cell) => cell.Transport switch
    {
        Transport.Plaintext => [new Candidate(Name, _id, Url("http", _ports[0], cell), IsCompiledOnTheWay: true)],
        Transport.Tls => [new Candidate(Name, _id, Url("https", _ports[1], cell), IsCompiledOnTheWay: true)],
        _ => [],
    };

    private static string Url(string scheme, int port, Cell cell) =>
        string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{port}/object/{cell.Object.Name}");
}
