namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The right to store an answer, taken before the origin is asked, or before a look at the stored response that the answer
/// changes. A clear ends it, and so does a change of what the answer is about. The cache looks at it under its own gate, and a change
/// revokes it before it removes what is stored: a store comes before that removal, or not at all.</summary>
/// <param name="era">How often everything had been forgotten by then: <see cref="ResponseCache.Era"/>.</param>
internal sealed class StorePermit(int era)
{
    // One word, set by any thread and never back.
    private bool _isRevoked;

    public int Era => era;

    public bool IsRevoked => Volatile.Read(ref _isRevoked);

    /// <summary>Ends the right; callable from any thread.</summary>
    public void Revoke() => Volatile.Write(ref _isRevoked, true);
}
