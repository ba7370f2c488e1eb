using TlsProxy.Uring.Faults;

namespace TlsProxy.Uring.Loop;

/// <summary>The one place where a loop calls what others have given it. What a callback throws ends the life it belongs to, and nothing
/// else.</summary>
internal sealed class Callbacks(FaultLedger faults)
{
    /// <summary>The thread of the turn under way.</summary>
    public TurnThread Thread;

    private readonly Action<string, IFaultDomain?>? _point = faults.Point;

    public void Complete(Operation operation, in OperationResult result)
    {
        // An owner may hand its operation over within the call.
        var owner = operation.Owner;
        var kind = operation.Kind;
        try
        {
            // A descriptor that was accepted belongs to no life yet.
            if (kind != OperationKind.Accept)
                _point?.Invoke(kind.ToString(), owner);
            owner.OnCompleted(operation, result);
            _point?.Invoke(kind.ToString(), owner);
        }
        catch (Exception fault) when (faults.Contains(fault))
        {
            faults.End(owner, "a completion", fault);
        }
    }

    public void Run(IPosted work)
    {
        try
        {
            _point?.Invoke(nameof(Run), work);
            work.Run();
            _point?.Invoke(nameof(Run), work);
        }
        catch (Exception fault) when (faults.Contains(fault))
        {
            faults.End(work, "posted work", fault);
        }
    }

    public void Pass(Deadline deadline)
    {
        try
        {
            _point?.Invoke(nameof(Deadline), deadline.Owner);
            deadline.Owner.OnDeadline(deadline);
            _point?.Invoke(nameof(Deadline), deadline.Owner);
        }
        catch (Exception fault) when (faults.Contains(fault))
        {
            faults.End(deadline.Owner, "a deadline", fault);
        }
    }
}
