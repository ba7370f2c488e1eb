namespace TlsProxy.Uring.Loop;

/// <summary>The pending operations by slot. The generation of a slot changes at each use, so that a completion of an operation that has
/// ended is recognised instead of reaching the slot's next user.</summary>
internal sealed class OperationTable
{
    private Operation?[] _operations = new Operation?[256];
    private uint[] _generations = new uint[256];
    private int[] _free = new int[256];
    private int _freeCount;

    public OperationTable() => FillFree(0);

    /// <summary>Numbers whose last completion is still to come.</summary>
    public int Count => _operations.Length - _freeCount;

    /// <summary>Gives the operation a number. A send without a copy has one for each of its parts.</summary>
    public void Add(Operation operation)
    {
        if (_freeCount == 0)
            Grow();
        var slot = _free[--_freeCount];
        // Generation 0 is left out, so that the user data of an operation is never a small number: back ends keep those for themselves.
        var generation = _generations[slot] == uint.MaxValue ? 1 : _generations[slot] + 1;
        _generations[slot] = generation;
        _operations[slot] = operation;
        operation.UserData = ((ulong)generation << 32) | (uint)slot;
    }

    /// <summary>The pending operation of <paramref name="userData"/>, or null when it has ended.</summary>
    public Operation? Find(ulong userData)
    {
        var slot = (uint)userData;
        if (slot >= (uint)_operations.Length || _generations[slot] != (uint)(userData >> 32))
            return null;
        return _operations[slot];
    }

    /// <summary>Its last completion has come.</summary>
    public void Remove(ulong userData)
    {
        var slot = (int)(uint)userData;
        _operations[slot] = null;
        _free[_freeCount++] = slot;
    }

    private void Grow()
    {
        var old = _operations.Length;
        Array.Resize(ref _operations, old * 2);
        Array.Resize(ref _generations, old * 2);
        Array.Resize(ref _free, old * 2);
        FillFree(old);
    }

    private void FillFree(int from)
    {
        for (var slot = _operations.Length - 1; slot >= from; slot--)
            _free[_freeCount++] = slot;
    }
}
