using TlsProxy.Uring.Loop;

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

    public bool IsSend => Kind is OperationKind.Send or OperationKind.SendMessage;

    public bool IsReceive => Kind is OperationKind.Receive or OperationKind.ReceiveMultishot or OperationKind.ReceiveInto or OperationKind.ReceiveMessage;
}
