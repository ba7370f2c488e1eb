using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.IoUring;

namespace TlsProxy.Uring.Ring;

/// <summary>An io_uring descriptor with its two queues mapped (io_uring_setup(2)).</summary>
internal sealed unsafe class RingMemory : IDisposable
{
    private readonly Mapping _rings;
    private readonly Mapping _entries;

    private RingMemory(Descriptor descriptor, in IoUringParams parameters, Mapping rings, Mapping entries)
    {
        Descriptor = descriptor;
        Flags = parameters.Flags;
        _rings = rings;
        _entries = entries;
        var start = (byte*)rings.Address;
        SubmissionHead = (uint*)(start + parameters.Submission.Head);
        SubmissionTail = (uint*)(start + parameters.Submission.Tail);
        SubmissionFlags = (uint*)(start + parameters.Submission.Flags);
        SubmissionMask = *(uint*)(start + parameters.Submission.RingMask);
        SubmissionCount = parameters.SubmissionEntries;
        CompletionHead = (uint*)(start + parameters.Completion.Head);
        CompletionTail = (uint*)(start + parameters.Completion.Tail);
        CompletionMask = *(uint*)(start + parameters.Completion.RingMask);
        Completions = (CompletionEntry*)(start + parameters.Completion.Entries);
        Submissions = (SubmissionEntry*)entries.Address;
        if ((Flags & IORING_SETUP_NO_SQARRAY) == 0)
        {
            var array = (uint*)(start + parameters.Submission.Array);
            for (uint i = 0; i < SubmissionCount; i++)
                array[i] = i;
        }
    }

    public Descriptor Descriptor { get; }

    /// <summary>The set-up flags the kernel took.</summary>
    public uint Flags { get; }

    public uint* SubmissionHead { get; }

    public uint* SubmissionTail { get; }

    public uint* SubmissionFlags { get; }

    public uint SubmissionMask { get; }

    public uint SubmissionCount { get; }

    public SubmissionEntry* Submissions { get; }

    public uint* CompletionHead { get; }

    public uint* CompletionTail { get; }

    public uint CompletionMask { get; }

    public CompletionEntry* Completions { get; }

    /// <summary>Sets a ring up with the best flags the kernel takes, stepping down on EINVAL only.</summary>
    public static RingMemory? TryCreate(RingOptions options, out BackendFailure? failure)
    {
        var tasks = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
        ReadOnlySpan<uint> ladder = options.SqPoll
            ? [IORING_SETUP_SQPOLL | IORING_SETUP_NO_SQARRAY, IORING_SETUP_SQPOLL]
            : [tasks | IORING_SETUP_NO_SQARRAY, tasks, IORING_SETUP_COOP_TASKRUN, 0];
        var error = Errno.None;
        foreach (var flags in ladder)
        {
            var parameters = new IoUringParams
            {
                Flags = flags | IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE,
                CompletionEntries = (uint)options.Entries * 4,
                ThreadIdle = 100,
            };
            var fd = Libc.IoUringSetup(Libc.SYS_io_uring_setup, (uint)options.Entries, &parameters);
            if (fd >= 0)
                return Map(new Descriptor((int)fd), parameters, out failure);
            error = Libc.LastError;
            if (error != Errno.EINVAL)
                break;
        }

        failure = RingFailure.Of(error, "io_uring_setup");
        return null;
    }

    public void Dispose()
    {
        _entries.Dispose();
        _rings.Dispose();
        Descriptor.Dispose();
    }

    private static RingMemory? Map(Descriptor descriptor, in IoUringParams parameters, out BackendFailure? failure)
    {
        const uint needed = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG;
        if ((parameters.Features & needed) != needed)
        {
            descriptor.Dispose();
            failure = RingFailure.Of(Errno.EINVAL, "the ring's features (single mmap, no drop, extended wait)");
            return null;
        }

        var length = Math.Max(
            parameters.Submission.Array + (parameters.SubmissionEntries * sizeof(uint)),
            parameters.Completion.Entries + (parameters.CompletionEntries * (uint)sizeof(CompletionEntry)));
        var rings = Mapping.TryShared(length, descriptor.Value, IORING_OFF_SQ_RING);
        var entries = rings is null
            ? null
            : Mapping.TryShared((nuint)parameters.SubmissionEntries * (nuint)sizeof(SubmissionEntry), descriptor.Value, IORING_OFF_SQES);
        if (rings is null || entries is null)
        {
            failure = RingFailure.Of(Libc.LastError, "mmap of the ring");
            rings?.Dispose();
            descriptor.Dispose();
            return null;
        }

        failure = null;
        return new RingMemory(descriptor, parameters, rings, entries);
    }
}
