using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Loop;

/// <summary>A slot for one operation at a time, held by its owner for as long as the owner lives. The loop fills in what to do, gives it a
/// number and a generation while it is pending, and calls the owner back when it completes; the memory it names must stay until
/// then.</summary>
public sealed class Operation
{
    /// <param name="owner">Who is called back.</param>
    /// <param name="tag">Tells the owner's operations apart; the loop doesn't look at it.</param>
    public Operation(ICompletionHandler owner, int tag = 0)
    {
        Owner = owner;
        Tag = tag;
    }

    /// <summary>Who is called back; replaced only where the owner has thrown.</summary>
    public ICompletionHandler Owner { get; internal set; }

    public int Tag { get; }

    /// <summary>True from submission to the completion without more to come.</summary>
    public bool IsPending { get; internal set; }

    public OperationKind Kind { get; internal set; }

    /// <summary>The descriptor the operation works on.</summary>
    public int Descriptor { get; internal set; } = -1;

    /// <summary>The memory to send from or to receive into; for <see cref="OperationKind.Connect"/> the socket address.</summary>
    public NativeSlice Memory { get; internal set; }

    /// <summary>Poll events of <see cref="OperationKind.Poll"/> (poll(2)).</summary>
    public uint Events { get; internal set; }

    /// <summary>The message header of SendMessage and ReceiveMessage, owned by the loop while the operation is pending.</summary>
    public MessageBlock? Message { get; internal set; }

    /// <summary>What identifies this pending operation in a completion: slot in the low, generation in the high 32 bits.</summary>
    public ulong UserData { get; internal set; }

    /// <summary>Bytes that the kernel has taken of a send without a copy that is pending still; 0 for all others.</summary>
    public int TakenBytes => Parts.Taken;

    /// <summary>How far a send without a copy is.</summary>
    internal PinnedSend Parts;

    /// <summary>Its end was asked for: it isn't made again.</summary>
    internal bool IsCancelled { get; set; }

    /// <summary>The socket has refused to send without copying, or its owner doesn't want it.</summary>
    public bool MustCopy { get; internal set; }

    internal bool IsSend => Kind is OperationKind.Send or OperationKind.SendMessage;

    /// <summary>The next pending operation on the same descriptor, for back ends that keep them in a list.</summary>
    internal Operation? Next { get; set; }

    /// <summary>Sends on this socket are copied: what they send from is made for one send and wanted again at once.</summary>
    public void CopyOnThisSocket() => MustCopy = true;

    /// <summary>Forgets what was learnt about the socket; the owner goes on to another.</summary>
    public void ForgetSocket() => MustCopy = false;

    /// <summary>Leaves out bytes of a send that were taken.</summary>
    /// <returns>Whether there are more.</returns>
    internal bool Skip(int count)
    {
        if (Message is not { } message)
        {
            Memory = Memory.Slice(count);
            return !Memory.IsEmpty;
        }

        message.Skip(count);
        return message.Length > 0;
    }

    /// <summary>The last completion has come: nothing of what was asked stays but its kind, for the callback to look at. The memory may be
    /// another's from now on.</summary>
    internal void End()
    {
        IsPending = false;
        Descriptor = -1;
        Memory = default;
        Events = 0;
        Message = null;
        UserData = 0;
        Parts = default;
        IsCancelled = false;
    }
}
