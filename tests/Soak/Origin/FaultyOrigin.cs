using System.Collections.Concurrent;
using System.Net.Sockets;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak.Checks;
using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Origin;

/// <summary>An HTTP/1.1 origin that answers by a catalogue, and fails by a schedule.</summary>
internal sealed class FaultyOrigin : IAsyncDisposable
{
    private readonly Catalogue _catalogue;
    private readonly FaultSchedule _schedule;
    private readonly Excuses _excuses;
    private readonly Violations _violations;
    private readonly SoakTallies _tallies;
    private readonly ConcurrentDictionary<(string Path, string Variant), TargetState> _states = new();
    private readonly ConcurrentDictionary<string, int> _requests = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly OriginListener _listener;

    public FaultyOrigin(Catalogue catalogue, FaultSchedule schedule, Excuses excuses, Violations violations, SoakTallies tallies)
    {
        _catalogue = catalogue;
        _schedule = schedule;
        _excuses = excuses;
        _violations = violations;
        _tallies = tallies;
        _listener = new OriginListener(ServeAsync);
    }

    public Uri Address => _listener.Address;

    /// <summary>Ends every connection in order: a proxy without requests has none then.</summary>
    public void EndConnections()
    {
        foreach (var socket in _open.Keys)
            socket.Shutdown(SocketShutdown.Send);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken end)
    {
        _open[socket] = true;
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            socket.NoDelay = true;
            var reader = new WireReader(stream);
            while (await MessageHead.ReadAsync(reader, end) is { } head)
            {
                var body = await MessageBody.ReadAsync(reader, head, untilClose: false, end);
                if (!await AnswerAsync(new AnswerWriter(socket, stream, end), head, body))
                    return;
            }
        }
        finally
        {
            _open.TryRemove(socket, out _);
        }
    }

    private async Task<bool> AnswerAsync(AnswerWriter writer, MessageHead head, byte[] body)
    {
        if (_catalogue.Find(head.Target) is not { } target)
        {
            _violations.Add($"the origin was asked for {head.Method} {head.Target}, for which no client asked");
            return false;
        }
        var request = new OriginRequest(target, head, body);
        if (ContentBytes.FindDifference(ContentBytes.Key(target.Path, "request", body.Length), 0, body) is var wrong && wrong >= 0)
            _violations.Add($"the origin got a body of {head.Method} {target.Path} that differs from offset {wrong} of {body.Length} on");

        if (head.Method == "POST")
            _excuses.OnPost(target.Path);
        var (fault, random) = _schedule.Next(target, _requests.AddOrUpdate(target.Path, 1, (_, n) => n + 1));
        // A false length of what is stored would stay in the cache, and be right there.
        if (fault == OriginFault.TooLargeLength && target.LifetimeSeconds > 0)
            fault = OriginFault.EndInBody;
        _tallies.Count("fault " + fault);
        var state = _states.GetOrAdd((target.Path, request.Variant), _ => new TargetState());
        if (head.Method == "POST" || random.Next(8) == 0)
            state.Change();
        var answer = new OriginAnswer(request, state.Version, fault, random, writer);
        using var failure = FaultSchedule.IsFailure(fault) ? _excuses.Begin(target.Path) : null;
        return await answer.SendAsync();
    }
}
