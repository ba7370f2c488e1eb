using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Epoll;

/// <summary>What the back end knows of one descriptor: the operations pending on it, in their order, and whether trying them is worth a system
/// call. The object serves one descriptor after the other.</summary>
internal sealed class DescriptorState
{
    public int Descriptor { get; private set; }

    /// <summary>Tells the events of this use of the descriptor from those of an earlier one.</summary>
    public uint Generation { get; private set; }

    /// <summary>The kernel tells of its readiness. Registering once is enough: every change is reported, whatever is pending then.</summary>
    public bool IsRegistered { get; set; }

    /// <summary>A receive or an accept may find something.</summary>
    public bool MayReceive { get; set; }

    /// <summary>A send may find room.</summary>
    public bool MaySend { get; set; }

    /// <summary>A short receive has emptied the socket and a short send has filled it (epoll(7), questions and answers). Not so where the kernel makes
    /// or opens TLS records: their ends cut operations short, too.</summary>
    public bool ShortReceivesTell { get; set; }

    /// <inheritdoc cref="ShortReceivesTell"/>
    public bool ShortSendsTell { get; set; }

    /// <summary>The peer has ended or the socket has failed. That was reported once, so a receive has to find it behind the last bytes.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The first of the pending operations.</summary>
    public Operation? First { get; private set; }

    /// <summary>Whether it stands in the list of those to try.</summary>
    public bool IsListed { get; set; }

    public DescriptorState? NextListed { get; set; }

    /// <summary>Begins to serve a descriptor.</summary>
    public void Reset(int descriptor, uint generation)
    {
        Descriptor = descriptor;
        Generation = generation;
        IsRegistered = false;
        MayReceive = true;
        MaySend = true;
        ShortReceivesTell = true;
        ShortSendsTell = true;
        HasEnded = false;
    }

    /// <summary>Adds a pending operation behind those that are there.</summary>
    public void Add(Operation operation)
    {
        operation.Next = null;
        if (First is null)
        {
            First = operation;
            return;
        }

        var last = First;
        while (last.Next is { } next)
            last = next;
        last.Next = operation;
    }

    /// <returns>False when it isn't pending here.</returns>
    public bool Remove(Operation operation)
    {
        Operation? previous = null;
        for (var found = First; found is not null; previous = found, found = found.Next)
        {
            if (found != operation)
                continue;
            if (previous is null)
                First = found.Next;
            else
                previous.Next = found.Next;
            found.Next = null;
            return true;
        }

        return false;
    }

    /// <summary>Whether an operation of this kind is worth a try. Polls always are: they ask the kernel.</summary>
    public bool MayTry(OperationKind kind) => kind switch
    {
        OperationKind.Poll or OperationKind.Close => true,
        OperationKind.Send or OperationKind.SendMessage or OperationKind.Connect => MaySend,
        _ => MayReceive,
    };
}
