namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>What one body that is arriving to be stored holds of the budget for all of them; on the origin's thread.</summary>
internal struct ArrivingShare(ArrivingBudget budget)
{
    // Bytes; the origin's thread alone.
    private long _held;

    /// <summary>Takes what a body has grown by.</summary>
    /// <param name="bytes">All that the body has allocated.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryHold(long bytes)
    {
        var more = bytes - _held;
        if (more > 0 && !budget.TryTake(more))
            return false;
        _held += more;
        return true;
    }

    /// <summary>Gives back what is held.</summary>
    public void Return()
    {
        budget.Return(_held);
        _held = 0;
    }
}
