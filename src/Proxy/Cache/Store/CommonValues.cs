namespace TlsProxy.Proxy.Cache.Store;

/// <summary>Values that many entries have, each of which they share as one object. Only the last ones are known, so that what strangers
/// choose takes no more room than that.</summary>
/// <typeparam name="T">Never changes.</typeparam>
internal sealed class CommonValues<T>
    where T : class, IEquatable<T>
{
    /// <summary>How many are known.</summary>
    public const int KnownMaximum = 256;

    // The last value of each hash. Written and read by any thread, each by Volatile; a lost write costs another object and nothing else.
    private readonly T?[] _known = new T?[KnownMaximum];

    /// <summary>The value in an object that others may have too.</summary>
    public T Of(T value)
    {
        ref var known = ref _known[(uint)value.GetHashCode() % KnownMaximum];
        // Whoever sees the reference sees all of the value.
        if (Volatile.Read(ref known) is { } same && same.Equals(value))
            return same;
        Volatile.Write(ref known, value);
        return value;
    }
}
