namespace TlsProxy.Uring.Loop;

/// <summary>A send in its parts. One with a copy has a single part. Without a copy (io_uring_prep_send_zc(3)) each part that the kernel has
/// taken is followed by the next at once, and the memory of all is the kernel's until every part's second completion, its notification, has
/// come: the peer has the bytes then.</summary>
internal struct PinnedSend
{
    /// <summary>Bytes that the kernel has taken.</summary>
    public int Taken;

    /// <summary>Parts whose notification is to come.</summary>
    public int Pinned;

    /// <summary>The latest part has been submitted, and its first completion is to come.</summary>
    public bool IsUnderWay;

    /// <summary>The first result of the latest part: bytes, or a negative errno.</summary>
    public int Result;

    /// <summary>Whether the memory is the owner's again.</summary>
    public readonly bool HasEnded => !IsUnderWay && Pinned == 0;

    /// <summary>What the owner is told: all bytes, or why there are none.</summary>
    public readonly int Outcome => Taken > 0 ? Taken : Result;

    /// <summary>Counts a completion of the send.</summary>
    /// <param name="isZeroCopy">Whether the back end sends without a copy where it may.</param>
    /// <returns>Whether another part is to be submitted.</returns>
    public bool Count(Operation operation, in Completion completion, bool isZeroCopy)
    {
        if (completion.Notification)
        {
            Pinned--;
            return false;
        }

        IsUnderWay = false;
        Result = completion.Result;
        if (completion.More)
            Pinned++;
        if (!operation.MustCopy && (Result == -(int)Errno.EOPNOTSUPP || (isZeroCopy && Result == -(int)Errno.ENOMEM)))
        {
            // Sockets with kTLS refuse zero-copy sends, and pinned pages count against RLIMIT_MEMLOCK until the peer has them; the same
            // send is made again with a copy, under a number of its own. A cancel has named the old one, so that nothing would end the new
            // one.
            operation.MustCopy = true;
            if (operation.IsCancelled)
                Result = -(int)Errno.ECANCELED;
            return !operation.IsCancelled;
        }

        if (Result <= 0)
            return false;
        Taken += Result;
        // The owner would send the rest, too, but only after the notification, and the peer may take 40 ms to acknowledge what it has
        // (RFC 1122, section 4.2.3.2).
        return completion.More && operation.Skip(Result) && !operation.IsCancelled;
    }
}
