using System.Globalization;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>The bare loop in C that stands in <c>bench/Rivals</c>: what the kernel's sockets cost without anything around them, in
/// plaintext.</summary>
internal sealed class FloorServer : IServer
{
    private readonly int _id;
    private readonly int _port = Ports.Free(1)[0];

    /// <param name="executable">The compiled program.</param>
    public FloorServer(string executable, Site site, ChildProcesses processes) => _id = processes.StartServer(
        site.Path("floor.log"), site.Environment, executable, _port.ToString(CultureInfo.InvariantCulture), site.Objects).Id;

    public string Name => "floor in C";

    public bool IsRival => true;

    public string Version => "epoll, send from memory";

    public IReadOnlyList<Candidate> Candidates(Cell cell) => cell.Transport != Transport.Plaintext
        ? []
        : [new Candidate(Name, _id, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/object/{cell.Object.Name}"))];
}
