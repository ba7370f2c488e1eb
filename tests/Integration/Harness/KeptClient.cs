namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A client that sends one request after the other on one connection, as long as the answers say that it is kept.</summary>
internal sealed class KeptClient(ClientConnection connection)
{
    /// <summary>Options of a proxy that waits for the next request of kept connections however slow its clients run.</summary>
    public static readonly string[] PatientDrain = ["--drain-idle", "80s", "--drain-timeout", "80s"];

    private readonly TaskCompletionSource _busy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whole answers so far.</summary>
    public int Answers { get; private set; }

    /// <summary>Called after each answer; true ends the client.</summary>
    public Func<bool> Answered { get; init; } = () => false;

    /// <summary>Done when the client has had some answers, or has ended.</summary>
    public Task IsBusy => _busy.Task;

    /// <summary>Asks for the paths in turn until an answer ends the connection. Nothing tells for certain that a TLS connection has ended
    /// before a request, so the proxy has to have <see cref="PatientDrain"/>, with which it ends none that is only slow.</summary>
    /// <returns>What became of a request that got no answer; null where each got one.</returns>
    public async Task<string?> RunAsync(string[] paths)
    {
        const int Busy = 20;
        try
        {
            while (true)
            {
                var reply = await connection.GetAsync(paths[Answers % paths.Length]);
                if (reply.Status != 200)
                    return $"answer {Answers}: {reply.Status}";
                if (++Answers == Busy)
                    _busy.TrySetResult();
                if (reply.Head["Connection"] == "close" | Answered())
                    return null;
            }
        }
        catch (IOException failure)
        {
            return $"after {Answers} answers: {failure.Message}";
        }
        finally
        {
            _busy.TrySetResult();
        }
    }
}
