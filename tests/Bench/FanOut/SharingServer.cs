using System.Collections.Concurrent;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.FanOut;

/// <summary>A server that fetches each path once, whoever asks for it.</summary>
internal sealed class SharingServer : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _fetched = [];
    private readonly HttpClient _client = new();
    private readonly PlantedServer _server;
    private readonly string _origin;

    public SharingServer(int originPort)
    {
        _origin = FormattableString.Invariant($"http://127.0.0.1:{originPort}");
        _server = new PlantedServer(AnswerAsync);
    }

    public Candidate Candidate => new("sharing", Environment.ProcessId, _server.Url);

    public int Answered => _server.Requests;

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    private Task<string> AnswerAsync(string path) => _fetched.GetOrAdd(path, _ => new Lazy<Task<string>>(async () =>
        PlantedServer.Ok((await _client.GetByteArrayAsync(new Uri(_origin + path))).Length))).Value;
}
