using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Epoll;

/// <summary>What the back end knows of one descriptor: the operations pending on it, in their order, and whether trying them is worth a
/// system call. The object serves one descriptor after the other.</summary>
internal sealed class DescriptorState
{
    private Life _life = new();

    public int Descriptor => _life.Descriptor;

    /// <summary>Tells the events of this use of the descriptor from those of an earlier one.</summary>
    public uint Generation => _life.Generation;

    /// <summary>The kernel tells of its readiness. Registering once is enough: every change is reported, whatever is pending
    /// then.</summary>
    public bool IsRegistered
    {
        get => _life.IsRegistered;
        set => _life.IsRegistered = value;
    }

    /// <summary>A receive or an accept may find something.</summary>
    public bool MayReceive
    {
        get => _life.MayReceive;
        set => _life.MayReceive = value;
    }

    /// <summary>A send may find room.</summary>
    public bool MaySend
    {
        get => _life.MaySend;
        set => _life.MaySend = value;
    }

    /// <summary>A short receive has emptied the socket and a short send has filled it (epoll(7), questions and answers). Not so where the
    /// kernel makes or opens TLS records: their ends cut operations short, too.</summary>
    public bool ShortReceivesTell
    {
        get => _life.ShortReceivesTell;
        set => _life.ShortReceivesTell = value;
    }

    /// <inheritdoc cref="ShortReceivesTell"/>
    public bool ShortSendsTell
    {
        get => _life.ShortSendsTell;
        set => _life.ShortSendsTell = value;
    }

    /// <summary>The peer has ended or the socket has failed. That was reported once, so a receive has to find it behind the last
    /// bytes.</summary>
    public bool HasEnded
    {
        get => _life.HasEnded;
        set => _life.HasEnded = value;
    }

    /// <summary>The first of the pending operations.</summary>
    public Operation? First
    {
        get => _life.First;
        private set => _life.First = value;
    }

    /// <summary>Whether it stands in the list of those to try.</summary>
    public bool IsListed
    {
        get => _life.IsListed;
        set => _life.IsListed = value;
    }

    public DescriptorState? NextListed
    {
        get => _life.NextListed;
        set => _life.NextListed = value;
    }

    /// <summary>Begins to serve a descriptor.</summary>
    public void Begin(int descriptor, uint generation) => _life = new Life { Descriptor = descriptor, Generation = generation };

    /// <summary>The one place where a life ends: nothing is pending, and the state isn't listed.</summary>
    public void End() => _life = new Life();

    /// <summary>Completes all that is pending.</summary>
    public void EndOperations(CompletionQueue completions, Errno error)
    {
        while (First is { } operation)
        {
            Remove(operation);
            completions.Add(new Completion(operation.UserData, -(int)error));
        }
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

    /// <summary>All that is known of one descriptor; replaced as a whole at its close.</summary>
    private struct Life
    {
        public int Descriptor = -1;
        public uint Generation;
        public bool IsRegistered;
        public bool MayReceive = true;
        public bool MaySend = true;
        public bool ShortReceivesTell = true;
        public bool ShortSendsTell = true;
        public bool HasEnded;
        public Operation? First;
        public bool IsListed;
        public DescriptorState? NextListed;

        public Life()
        {
        }
    }
}
