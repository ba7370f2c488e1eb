namespace TlsProxy.Uring.Memory;

/// <summary>How many hold an object, which any thread may ask and change. It is a field of that object, never copied.</summary>
public struct ReferenceCount
{
    // Any thread changes it, by Interlocked alone: a reference taken at the same moment as the last release fails instead of reviving the
    // object.
    private int _count;

    /// <summary>The one reference of whoever makes the object.</summary>
    public static ReferenceCount One => new() { _count = 1 };

    /// <summary>Adds a reference, unless the last one has gone.</summary>
    public bool TryAdd()
    {
        var seen = Volatile.Read(ref _count);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _count, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }

        return false;
    }

    /// <summary>Adds a reference to an object that is known to be held.</summary>
    /// <exception cref="InvalidOperationException">The last one has gone.</exception>
    public void Add()
    {
        if (!TryAdd())
            throw new InvalidOperationException("An object was acquired after its last release.");
    }

    /// <summary>Drops a reference.</summary>
    /// <returns>True for the last.</returns>
    /// <exception cref="InvalidOperationException">There was none.</exception>
    public bool Drop()
    {
        var left = Interlocked.Decrement(ref _count);
        if (left < 0)
            throw new InvalidOperationException("An object was released more often than acquired.");
        return left == 0;
    }

    /// <summary>Begins again with one reference. Only for an object that nobody holds.</summary>
    internal void Restart() => Volatile.Write(ref _count, 1);
}
