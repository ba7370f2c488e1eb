namespace TlsProxy.Proxy.Fetching;

/// <summary>The memory that bodies may hold which are still arriving and are to be stored: the cache's own limit counts them only when they
/// are whole. Callable from any thread.</summary>
/// <param name="bytesMaximum">Bytes of all of them.</param>
internal sealed class ArrivingBudget(long bytesMaximum)
{
    private long _bytes;

    /// <summary>Bytes held now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes bytes, if there are that many.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= bytesMaximum)
            return true;
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
