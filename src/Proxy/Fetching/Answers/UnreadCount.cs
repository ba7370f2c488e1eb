using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Counts what arrives of one body while nobody reads it.</summary>
/// <param name="maximum">The most bytes.</param>
internal struct UnreadCount(long maximum)
{
    // One word: set by the thread of the last reader, by Volatile; cleared by the origin's.
    private bool _isUnread;

    // The origin's thread alone.
    private long _bytes;

    /// <summary>The last reader has left. Callable from any thread.</summary>
    public void Begin() => Volatile.Write(ref _isUnread, true);

    /// <summary>Counts bytes that have arrived; on the origin's thread.</summary>
    /// <returns>Whether more have come without a reader than may.</returns>
    public bool Add(Body body, int count)
    {
        if (!Volatile.Read(ref _isUnread))
            return false;
        // Before the look, whose lock is a fence: a reader that leaves behind the look sets the mark again.
        Volatile.Write(ref _isUnread, false);
        if (body.ReaderCount > 0)
        {
            _bytes = 0;
            return false;
        }

        Volatile.Write(ref _isUnread, true);
        return (_bytes += count) > maximum;
    }
}
