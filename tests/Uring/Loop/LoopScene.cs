using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Loop;

/// <summary>A loop on a scripted back end, and what its owners hear.</summary>
internal sealed class LoopScene : ICompletionHandler, IDeadlineHandler, IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly Segment _memory;

    public LoopScene()
    {
        Backend = new ScriptedBackend(_pool);
        Loop = new EventLoop(Backend);
        _memory = _pool.TryRent(64)!;
    }

    public ScriptedBackend Backend { get; }

    public EventLoop Loop { get; }

    /// <summary>Completions as they were told, such as <c>1: 5 more</c> or <c>2: ECANCELED</c>, and deadlines as <c>due 3</c>.</summary>
    public List<string> Told { get; } = [];

    /// <summary>What is done in answer to a completion.</summary>
    public Action<Operation>? OnTold { get; set; }

    /// <summary>What is done when a deadline passes.</summary>
    public Action<Deadline>? OnDue { get; set; }

    /// <summary>Five bytes that may be sent.</summary>
    public NativeSlice Hello
    {
        get
        {
            "hello"u8.CopyTo(_memory.Memory.Span);
            return _memory.Memory.Slice(0, 5);
        }
    }

    public Operation Operation(int tag) => new(this, tag);

    public Deadline Deadline(int tag) => new(this, tag);

    /// <summary>One turn without waiting, and what was told in it.</summary>
    public string Turn()
    {
        Told.Clear();
        Loop.Turn(wait: false);
        return string.Join(", ", Told);
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        var received = result.Received.IsEmpty ? string.Empty : $" '{System.Text.Encoding.ASCII.GetString(result.Received.Span)}'";
        Told.Add($"{operation.Tag}: {(result.Succeeded ? result.Count : result.Error)}{received}{(result.More ? " more" : string.Empty)}");
        OnTold?.Invoke(operation);
    }

    public void OnDeadline(Deadline deadline)
    {
        Told.Add($"due {deadline.Tag}");
        OnDue?.Invoke(deadline);
    }

    public void Dispose()
    {
        Loop.Dispose();
        _memory.Release();
        Assert.Equal(0, _pool.RentedSegments);
        _pool.Dispose();
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
