using System.Collections.Concurrent;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Ring;

/// <summary>Hands completions to the test in order.</summary>
internal sealed class Recorder : ICompletionHandler
{
    private readonly BlockingCollection<(int Count, Errno Error)> _results = [];

    public void OnCompleted(Operation operation, in OperationResult result) => _results.Add((result.Count, result.Error));

    public (int Count, Errno Error) Take() => _results.Take(TestContext.Current.CancellationToken);
}

/// <summary>Hands the tags of passed deadlines to the test in order.</summary>
internal sealed class DeadlineRecorder : IDeadlineHandler
{
    public BlockingCollection<int> Passed { get; } = [];

    public void OnDeadline(Deadline deadline) => Passed.Add(deadline.Tag);
}
