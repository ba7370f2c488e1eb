namespace TlsProxy.Handshake;

/// <summary>What several threads use while it may be replaced: it is let go of when the last of them has.</summary>
internal abstract class RefCounted
{
    // Any thread changes it, by Interlocked alone: a reference taken at the same moment as the last release fails instead of reviving.
    private int _references = 1;

    /// <summary>Takes a reference, which is given back by <see cref="Release"/>.</summary>
    /// <returns>False when the last one has gone already.</returns>
    public bool TryAcquire()
    {
        var count = Volatile.Read(ref _references);
        while (count > 0)
        {
            var found = Interlocked.CompareExchange(ref _references, count + 1, count);
            if (found == count)
                return true;
            count = found;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            Free();
    }

    /// <summary>The last reference has gone.</summary>
    protected abstract void Free();
}
