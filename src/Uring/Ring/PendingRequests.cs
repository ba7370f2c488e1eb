using TlsProxy.Uring.Interop;
using static TlsProxy.Uring.Interop.IoUring;

namespace TlsProxy.Uring.Ring;

/// <summary>What the kernel has pending for a ring that ends.</summary>
internal static unsafe class PendingRequests
{
    // What is cancelled ends at once; so many waits in vain are never needed.
    private const int WaitsMaximum = 100;
    private const long WaitNanoseconds = 1_000_000;

    /// <summary>Cancels everything and drops its completions, as long as some come. On the ring's thread.</summary>
    /// <param name="wake">Its read is ended also where the kernel can't cancel everything (before 5.19).</param>
    public static void End(RingMemory ring, SubmissionQueue queue, WakeDescriptor wake, ulong userData)
    {
        if (queue.TryNext(out var entry))
        {
            *entry = SubmissionWriter.CancelAll(userData);
            queue.Publish();
        }

        wake.Signal();
        for (var waits = 0; waits < WaitsMaximum && TryWait(ring, queue); waits++)
        {
            var tail = Volatile.Read(ref *ring.CompletionTail);
            if (*ring.CompletionHead == tail)
                return;
            // The kernel may reuse all entries up to here; none was looked at.
            Volatile.Write(ref *ring.CompletionHead, tail);
        }
    }

    /// <returns>False where the calling thread can't, since it isn't the ring's, or the ring can't go on.</returns>
    private static bool TryWait(RingMemory ring, SubmissionQueue queue)
    {
        var argument = default(WaitArgument);
        argument.Time = (ulong)&argument.Seconds;
        argument.Nanoseconds = WaitNanoseconds;
        var flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG
            | ((ring.Flags & IORING_SETUP_SQPOLL) != 0 ? IORING_ENTER_SQ_WAKEUP : 0);
        var result = Libc.IoUringEnter(
            Libc.SYS_io_uring_enter, ring.Descriptor.Value, queue.Queued, 1, flags, &argument, WaitArgument.KernelSize);
        return result >= 0 || RingFailure.IsTransient(Libc.LastError);
    }
}
