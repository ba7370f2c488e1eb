using System.Collections.Concurrent;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>Owns operations and hands their completions to the test in order.</summary>
internal sealed class Recorder : ICompletionHandler, IDeadlineHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<Outcome> _outcomes = [];
    private readonly BlockingCollection<int> _passed = [];

    /// <summary>Called on the loop's thread before the outcome is handed on.</summary>
    public Action<Operation, Outcome>? Completing { get; set; }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        var outcome = new Outcome(
            operation.Tag, result.Count, result.Error, result.More, result.Received.Span.ToArray(), result.RecordType);
        Completing?.Invoke(operation, outcome);
        _outcomes.Add(outcome);
    }

    public void OnDeadline(Deadline deadline) => _passed.Add(deadline.Tag);

    public Outcome Next()
    {
        Assert.True(_outcomes.TryTake(out var outcome, Patience), "Nothing more has completed.");
        return outcome;
    }

    /// <summary>The tag of the deadline that passes next.</summary>
    public int NextDeadline()
    {
        Assert.True(_passed.TryTake(out var tag, Patience), "No deadline has passed.");
        return tag;
    }

    public void ExpectEnd(Errno error)
    {
        var outcome = Next();
        Assert.Equal((error, false), (outcome.Error, outcome.More));
    }

    public void ExpectNothing() => Assert.Empty(_outcomes);

    public void ExpectNoDeadline() => Assert.Empty(_passed);

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
