namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A client that sends one request after the other on one connection, as long as the answers say that it is kept.</summary>
internal sealed class KeptClient(ClientConnection connection)
{
    private readonly TaskCompletionSource _busy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whole answers so far.</summary>
    public int Answers { get; private set; }

    /// <summary>Called after each answer; true ends the client.</summary>
    public Func<bool> Answered { get; init; } = () => false;

    /// <summary>Done when the client has had some answers, or has ended.</summary>
    public Task IsBusy => _busy.Task;

    /// <summary>Asks for the paths in turn until an answer ends the connection, or its end is there before the next request.</summary>
    /// <returns>What became of a request that got no answer; null where each got one.</returns>
    public async Task<string?> RunAsync(string[] paths)
    {
        const int Busy = 20;
        try
        {
            while (!connection.HasInput)
            {
                var reply = await connection.GetAsync(paths[Answers % paths.Length]);
                if (reply.Status != 200)
                    return $"answer {Answers}: {reply.Status}";
                if (++Answers == Busy)
                    _busy.TrySetResult();
                if (reply.Head["Connection"] == "close" | Answered())
                    return null;
            }

            return await connection.IsClosedByProxyAsync() ? null : "bytes nobody has asked for";
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
