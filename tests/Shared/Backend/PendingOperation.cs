using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Testing.Backend;

/// <summary>An operation between its submission and the delivery of its last completion.</summary>
internal sealed class PendingOperation(Operation operation, object file)
{
    public Operation Operation { get; } = operation;

    public OperationKind Kind { get; } = operation.Kind;

    public ulong UserData { get; } = operation.UserData;

    /// <summary>What the descriptor named when it was submitted.</summary>
    public object File { get; } = file;

    public bool IsCancelled { get; set; }

    /// <summary>The last completion is in the queue.</summary>
    public bool IsDone { get; set; }

    /// <summary>The first completion of a send without copying has been made; the second is to come.</summary>
    public bool AwaitsNotification { get; set; }

    /// <summary>Bytes that the first completion promised.</summary>
    public int Promised { get; set; }

    /// <summary>What is sent, as it was named when it was submitted: the operation may name its next part meanwhile.</summary>
    public NativeSlice[] Ranges { get; } = RangesOf(operation);

    /// <summary>The send without copying before, on the same file: TCP acknowledges in order.</summary>
    public PendingOperation? Earlier { get; set; }

    /// <summary>How a connect will end.</summary>
    public FakeConnect? Connect { get; set; }

    public bool IsSend => Kind is OperationKind.Send or OperationKind.SendMessage;

    private static NativeSlice[] RangesOf(Operation operation) => operation.Message is { } message
        ? [.. Enumerable.Range(0, message.RangeCount).Select(message.Range)]
        : [operation.Memory];

    public bool IsReceive => Kind is OperationKind.Receive or OperationKind.ReceiveMultishot or OperationKind.ReceiveInto
        or OperationKind.ReceiveMessage;
}
