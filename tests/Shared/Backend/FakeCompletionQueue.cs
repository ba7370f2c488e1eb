using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Testing.Backend;

/// <summary>Completions on their way to the loop, in order. It overflows, is emptied in parts, and delivers some that nobody waits
/// for.</summary>
internal sealed class FakeCompletionQueue(
    Random random, FakeFaults faults, FakeBufferPool buffers, OutstandingOperations outstanding, LoopStatistics statistics)
{
    private const int EndedMaximum = 64;

    private readonly Queue<Completion> _queue = new();
    private readonly List<ulong> _ended = [];

    public bool IsEmpty => _queue.Count == 0;

    /// <summary>The queue is full in this turn: what comes is delivered later, and an operation can't promise more.</summary>
    public bool Overflows { get; private set; }

    /// <summary>A number that two runs share only if their completions were the same.</summary>
    public ulong Digest { get; private set; } = 14695981039346656037;

    public void BeginTurn() => Overflows = random.Next(1000) < faults.Overflows;

    public void Add(PendingOperation pending, int result, bool more = false, int bufferId = -1, bool notification = false)
    {
        pending.IsDone = !more;
        _queue.Enqueue(new Completion(pending.UserData, result, more, bufferId, notification));
    }

    public void Fail(PendingOperation pending, Errno error) => Add(pending, -(int)error);

    public int Deliver(Span<Completion> completions, Action<string>? trace)
    {
        var limit = Math.Min(_queue.Count, completions.Length);
        if (Overflows && limit > 0)
        {
            statistics.CountOverflow();
            limit = random.Next(limit);
        }
        else if (random.Next(8) == 0)
        {
            limit = Math.Min(limit, random.Next(1, 4));
        }

        var count = 0;
        for (var i = 0; i < limit; i++)
        {
            var completion = _queue.Dequeue();
            completions[count++] = completion;
            Record(completion);
            trace?.Invoke(Describe(completion));
            if (completion.More)
                continue;
            outstanding.Remove(completion.UserData);
            _ended.Add(completion.UserData);
            if (_ended.Count > EndedMaximum)
                _ended.RemoveAt(0);
        }

        if (_ended.Count > 0 && count < completions.Length && random.Next(1000) < faults.StaleCompletions)
            completions[count++] = Stale();
        return count;
    }

    private Completion Stale()
    {
        var bufferId = random.Next(2) == 0 && buffers.TryTake(out var taken) ? taken : -1;
        var result = random.Next(3) == 0 ? -(int)Errno.ECANCELED : random.Next(1, 200);
        return new Completion(_ended[random.Next(_ended.Count)], result, random.Next(2) == 0, bufferId, random.Next(8) == 0);
    }

    private string Describe(in Completion completion)
    {
        var operation = outstanding.Find(completion.UserData)!.Operation;
        var result = completion.Result < 0 ? ((Errno)(-completion.Result)).ToString() : $"{completion.Result}";
        var more = completion.More ? ", more" : string.Empty;
        var sent = completion.Notification ? ", sent" : string.Empty;
        return $"{operation.Kind} on {operation.Descriptor}: {result}{more}{sent}";
    }

    private void Record(in Completion completion)
    {
        var value = ((ulong)(uint)completion.Result << 2) | (completion.More ? 2u : 0u) | (completion.Notification ? 1u : 0u);
        Digest = (Digest ^ value) * 1099511628211;
    }
}
