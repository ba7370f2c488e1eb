using System.Net.Sockets;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak.Checks;

namespace TlsProxy.Soak.Clients;

/// <summary>What a client does on one connection.</summary>
internal sealed class Visit(
    ClientConnection connection, Transport transport, RequestMaker maker, Random random, Excuses excuses, Violations violations,
    SoakTallies tallies) : IAsyncDisposable
{
    private const int SlowBytesAtMost = 48 * 1024;

    private SoakRequest[] _round = [];

    private enum Outcome
    {
        GoesOn,
        Ended,
    }

    /// <summary>Whether it reads in small pieces, with pauses, and leaves after some.</summary>
    public bool IsSlow { get; init; }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    public async Task RunAsync(CancellationToken stop)
    {
        switch (random.Next(25))
        {
            case 0:
                tallies.Count("visits without a request");
                if (random.Next(2) == 0)
                    connection.Reset();
                return;
            case 1:
                await SendNonsenseAsync();
                return;
        }
        for (var rounds = random.Next(1, 12); rounds > 0 && !stop.IsCancellationRequested; rounds--)
            if (await TryRoundAsync() == Outcome.Ended)
                return;
    }

    private async Task<Outcome> TryRoundAsync()
    {
        var requests = Enumerable.Range(0, random.Next(6) == 0 ? random.Next(2, 7) : 1).Select(_ => maker.Next()).ToArray();
        try
        {
            return await RoundAsync(requests);
        }
        catch (Exception ended) when (ended is IOException or SocketException)
        {
            tallies.Count("resets by the proxy");
            if (!IsExcused())
                Report(requests[^1], $"the connection ended as it was used: {ended.Message}");
            return Outcome.Ended;
        }
        catch (OperationCanceledException)
        {
            Report(requests[^1], "no end within the limit of a test");
            return Outcome.Ended;
        }
    }

    /// <summary>
    /// Whether the connection may have been reset. The reset for one answer also takes those before it that were not read yet.
    /// </summary>
    private bool IsExcused() => _round.Any(request => excuses.Since(request.Target.Path, request.SentAt));

    private async Task<Outcome> RoundAsync(SoakRequest[] requests)
    {
        _round = requests;
        foreach (var request in requests)
            (request.SentAt, request.SentTime) = (Environment.TickCount64, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        await connection.SendAsync(requests.SelectMany(request => request.ToBytes()).ToArray());
        if (requests.Length > 1)
            tallies.Count("pipelines");
        var isLast = false;
        switch (random.Next(30))
        {
            case 0:
                tallies.Count("resets after a request");
                connection.Reset();
                return Outcome.Ended;
            case 1 when !transport.IsTls():
                tallies.Count("half closes");
                connection.EndSending();
                isLast = true;
                break;
        }
        foreach (var request in requests)
            if (await ReadAsync(request) == Outcome.Ended)
                return Outcome.Ended;
        return isLast ? Outcome.Ended : Outcome.GoesOn;
    }

    private async Task<Outcome> ReadAsync(SoakRequest request)
    {
        var head = await MessageHead.ReadAsync(connection.Reader, connection.Limit);
        while (head is { Status: 102 or 103 })
        {
            tallies.Count($"answers {head.Status}");
            if (head["X-Target"] != request.Target.Path)
                Violate(request, head, "an interim answer to another request");
            head = await MessageHead.ReadAsync(connection.Reader, connection.Limit);
        }

        if (head is null)
        {
            Report(request, "the connection ended before the answer");
            return Outcome.Ended;
        }
        tallies.Count($"answers {head.Status}");
        var check = new AnswerCheck(request, head);
        // One in 15 is left in its middle.
        var left = random.Next(15) == 0 ? random.Next(200_000) : IsSlow ? SlowBytesAtMost : long.MaxValue;
        var leaves = false;
        var whole = request.Method == "HEAD" || await ReadBodyAsync(head, async bytes =>
        {
            tallies.Count("bytes", bytes.Length);
            if (!check.Accept(bytes.Span))
                return false;
            left -= bytes.Length;
            leaves = left < 0;
            if (IsSlow)
                await Task.Delay(random.Next(1, 10), connection.Limit);
            return !leaves;
        });
        if (whole)
            check.End();
        foreach (var wrong in check.Wrong)
            Violate(request, head, wrong);
        if (check.Wrong.Any())
            return Outcome.Ended;
        return Judge(request, head, check, whole, leaves);
    }

    private async Task<bool> ReadBodyAsync(MessageHead head, Func<ReadOnlyMemory<byte>, ValueTask<bool>> onPiece)
    {
        try
        {
            return await new ResponseBody(connection.Reader, head, connection.Limit).ReadAsync(onPiece);
        }
        catch (IOException)
        {
            // A response that can't be finished ends in a reset.
            return false;
        }
    }

    private Outcome Judge(SoakRequest request, MessageHead head, AnswerCheck check, bool whole, bool leaves)
    {
        if (leaves)
        {
            tallies.Count("leaves in a body");
            if (random.Next(2) == 0)
                connection.Reset();
            return Outcome.Ended;
        }
        if ((!whole && !IsExcused())
            || (check.NeedsExcuse && !excuses.Since(request.Target.Path, request.SentAt) && !IsLostPost(request, head)))
        {
            Violate(request, head, (whole ? "an error, or a wrong length or tag," : "cut short") + " though the origin didn't fail");
        }

        if (!whole)
        {
            tallies.Count("answers cut short");
            return Outcome.Ended;
        }
        if (head.Status is 200 or 206)
            maker.Learn(request, check.Version, check.Validator);
        var closes = head["Connection"]?.Contains("close", StringComparison.OrdinalIgnoreCase) == true;
        return closes ? Outcome.Ended : Outcome.GoesOn;
    }

    private bool IsLostPost(SoakRequest request, MessageHead head) =>
        request.Method == "POST" && head.Status == 502 && !excuses.HasCome(request.Target.Path, request.SentAt);

    private async Task SendNonsenseAsync()
    {
        tallies.Count("nonsense");
        try
        {
            await connection.SendAsync("GET /object/x HTTP/1.1\r\nHost : localhost\r\n\r\n");
            var head = await MessageHead.ReadAsync(connection.Reader, connection.Limit);
            if (head?.Status != 400)
                violations.Add($"nonsense over {transport} was answered {head?.FirstLine ?? "not at all"}");
        }
        catch (IOException failure)
        {
            violations.Add($"nonsense over {transport} was answered by a reset: {failure.Message}");
        }
    }

    private void Report(SoakRequest request, string what) => violations.Add($"{request} over {transport}: {what}");

    private void Violate(SoakRequest request, MessageHead head, string what)
    {
        var fields = string.Concat(head.Fields.Select(field => $"; {field.Key}: {field.Value}"));
        Report(request, $"{what}, after {Environment.TickCount64 - request.SentAt} ms: {head.FirstLine}{fields}");
    }
}
