namespace TlsProxy.Handshake;

/// <summary>Where threads find what is in force; it can be replaced at any time.</summary>
internal sealed class Replaceable<T>(T value) : IDisposable
    where T : RefCounted
{
    private T? _value = value;

    /// <summary>Takes a reference to what is in force now; to be released.</summary>
    /// <returns>Null after the end.</returns>
    public T? TryAcquire()
    {
        // Another thread may replace the value and release it after this read: then the acquire fails, and the next read finds what is in
        // force since.
        while (Volatile.Read(ref _value) is { } value)
        {
            if (value.TryAcquire())
                return value;
        }

        return null;
    }

    /// <summary>Puts something else in force; the reference to it passes.</summary>
    public void Replace(T value) => Interlocked.Exchange(ref _value, value)?.Release();

    public void Dispose() => Interlocked.Exchange(ref _value, null)?.Release();
}
