namespace TlsProxy.Uring.Epoll;

/// <summary>The states by descriptor. Descriptors are small numbers, the lowest that is free, so an array finds them.</summary>
internal sealed class DescriptorTable
{
    private readonly Stack<DescriptorState> _free = new();
    private DescriptorState?[] _states = new DescriptorState?[256];
    private uint _generation;

    /// <returns>Null for a descriptor on which nothing was done yet.</returns>
    public DescriptorState? Find(int descriptor) => (uint)descriptor < (uint)_states.Length ? _states[descriptor] : null;

    /// <summary>The state of a descriptor, new where there was none.</summary>
    /// <param name="descriptor">Not negative.</param>
    public DescriptorState Of(int descriptor)
    {
        if (Find(descriptor) is { } known)
            return known;
        if (descriptor >= _states.Length)
            Array.Resize(ref _states, Math.Max(descriptor + 1, _states.Length * 2));
        if (!_free.TryPop(out var state))
            state = new DescriptorState();
        // The highest generation is left out: what isn't a descriptor has it in its events.
        _generation = _generation >= uint.MaxValue - 1 ? 1 : _generation + 1;
        state.Begin(descriptor, _generation);
        _states[descriptor] = state;
        return state;
    }

    /// <summary>Takes back the state of a descriptor that is closed. One that is still listed is left to the list, which finds nothing
    /// to do for it.</summary>
    public void Forget(DescriptorState state)
    {
        _states[state.Descriptor] = null;
        if (state.IsListed)
            return;
        state.End();
        _free.Push(state);
    }
}
