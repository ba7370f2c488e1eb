using System.Collections.Concurrent;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Hands accepted descriptors to the test.</summary>
internal sealed class AcceptRecorder : ICompletionHandler
{
    private readonly BlockingCollection<int> _descriptors = [];

    public AcceptRecorder() => Operation = new Operation(this);

    public Operation Operation { get; }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (result.Succeeded)
            _descriptors.Add(result.Count);
    }

    public int Take()
    {
        Assert.True(_descriptors.TryTake(out var descriptor, TestConnection.Patience), "No connection was accepted.");
        return descriptor;
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
