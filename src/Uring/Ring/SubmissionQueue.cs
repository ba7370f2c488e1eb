using TlsProxy.Uring.Interop;

namespace TlsProxy.Uring.Ring;

/// <summary>The producer's side of the submission queue.</summary>
internal sealed unsafe class SubmissionQueue(RingMemory ring)
{
    private uint _tail = *ring.SubmissionTail;

    /// <summary>Entries the kernel hasn't taken yet. It moves the head after it has read an entry, which may then be filled
    /// again.</summary>
    public uint Queued => _tail - Volatile.Read(ref *ring.SubmissionHead);

    /// <summary>The next free entry, for the caller to fill and to <see cref="Publish"/>; false when the queue is full.</summary>
    public bool TryNext(out SubmissionEntry* entry)
    {
        if (Queued == ring.SubmissionCount)
        {
            entry = null;
            return false;
        }

        entry = ring.Submissions + (_tail & ring.SubmissionMask);
        return true;
    }

    /// <summary>Shows the entry to the kernel. The entry is written before the tail (release): the polling thread of the kernel may read it
    /// at once.</summary>
    public void Publish()
    {
        _tail++;
        Volatile.Write(ref *ring.SubmissionTail, _tail);
    }
}
