using System.Globalization;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>A server that runs already, with the objects that its user named.</summary>
internal sealed class TargetServer : IServer
{
    private readonly List<(Transport Transport, Payload Object, Candidate Candidate)> _served = [];

    /// <param name="targets">Of one name; each is fetched once.</param>
    /// <exception cref="BenchException">A target doesn't serve its URL.</exception>
    public TargetServer(IGrouping<string, Target> targets)
    {
        Name = targets.Key;
        foreach (var target in targets)
        {
            var candidate = new Candidate(target.Name, target.ProcessIds[0], target.Url.AbsoluteUri)
            {
                MoreProcessIds = [.. target.ProcessIds.Skip(1)],
            };
            var transport = target.Url.Scheme == Uri.UriSchemeHttps ? Transport.AsConfigured : Transport.Plaintext;
            _served.Add((transport, new Payload((int)Serving.Wait(candidate)), candidate));
        }
    }

    public string Name { get; }

    public string Version => string.Join(
        ", ", from one in _served
              let ids = one.Candidate.ProcessIds.Select(id => id.ToString(CultureInfo.InvariantCulture))
              select $"{one.Candidate.Url} of process {string.Join(" and ", ids)}");

    public IEnumerable<Payload> Objects => _served.Select(one => one.Object);

    public IReadOnlyList<Candidate> Candidates(Cell cell) =>
        [.. from one in _served where one.Transport == cell.Transport && one.Object == cell.Object select one.Candidate];
}
