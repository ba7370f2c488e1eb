using TlsProxy.Uring.Loop;

namespace TlsProxy.Testing.Backend;

/// <summary>The operations that the loop waits for, and what must not be asked while it does.</summary>
internal sealed class OutstandingOperations
{
    private readonly List<PendingOperation> _operations = [];

    /// <summary>Those that have more to do.</summary>
    public IEnumerable<PendingOperation> Active => _operations.Where(operation => !operation.IsDone);

    public int Count => _operations.Count;

    /// <exception cref="InvalidOperationException">It contradicts one that is under way.</exception>
    public void Add(PendingOperation added)
    {
        foreach (var known in _operations)
        {
            if (known.File != added.File)
                continue;
            if (added.IsSend && known is { IsSend: true, AwaitsNotification: true } && known.Operation == added.Operation)
            {
                added.Earlier = known;
                continue;
            }

            if (added.Kind is OperationKind.Close or OperationKind.Connect || known.Kind is OperationKind.Close or OperationKind.Connect
                || (added.IsSend && known.IsSend) || (added.IsReceive && known.IsReceive))
                throw new InvalidOperationException($"{added.Kind} was submitted while {known.Kind} was pending on the same file.");
        }

        _operations.Add(added);
    }

    public PendingOperation? Find(ulong userData) => _operations.Find(operation => operation.UserData == userData);

    /// <summary>The last completion has been delivered.</summary>
    public void Remove(ulong userData) => _operations.RemoveAt(_operations.FindIndex(operation => operation.UserData == userData));

    public bool Sends(object file) => _operations.Exists(operation => operation.File == file && operation.IsSend);

    public bool Accepts(object file) => _operations.Exists(operation => operation.File == file && operation.Kind == OperationKind.Accept);

    public bool Connects(object file) => _operations.Exists(operation => operation.File == file && operation.Kind == OperationKind.Connect);

    public bool Receives(object file) => _operations.Exists(operation => operation.File == file && operation.IsReceive);
}
