namespace TlsProxy.Bench.Load.Questions;

/// <summary>The questions, in the order in which they are answered. Other parts of the bench measure servers
/// past saturation and young processes.</summary>
internal static class QuestionList
{
    private static readonly Payload Kilobyte = new(1024);
    private static readonly Payload Medium = new(16 * 1024);
    private static readonly Payload Large = new(1_345_292);

    /// <summary>The objects that servers have to have.</summary>
    public static IReadOnlyList<Payload> Objects { get; } = [Kilobyte, Medium, Large];

    public static IReadOnlyList<Question> All { get; } =
    [
        new("Chunk size",
            "How large should one send be?",
            "Each send is one operation for the kernel. A small one costs more of them; a large one holds the worker for longer, and "
            + "leaves more of the body in the processor's caches behind.",
            [
                Variant.Default, new("4 KiB", "--tune", "chunk-size=4096"), new("16 KiB", "--tune", "chunk-size=16384"),
                new("64 KiB", "--tune", "chunk-size=65536"), new("128 KiB", "--tune", "chunk-size=131072"),
                new("whole body", "--tune", "chunk-size=16777216"),
            ],
            [Plain(Large, 8), Plain(Large, 64)],
            []),
        new("Submission batch",
            "How many operations should one io_uring_enter submit?",
            "The proxy submits once a turn of its event loop, with everything that the turn has queued. Smaller batches reach the kernel "
            + "earlier, and cost more system calls.",
            [Variant.Default, Variant.Tuned("submit-batch=1"), Variant.Tuned("submit-batch=8"), Variant.Tuned("submit-batch=32")],
            [Plain(Kilobyte, 64), Plain(Kilobyte, 1), Plain(Kilobyte, 8), Tls(Kilobyte, 64)],
            []),
        new("Ring size",
            "How large should the submission queue be?",
            "A full queue is submitted within the turn. A large one is more memory that the kernel and the proxy go through.",
            [
                Variant.Default, Variant.Tuned("ring-entries=8"), Variant.Tuned("ring-entries=64"), Variant.Tuned("ring-entries=16384"),
            ],
            [Plain(Kilobyte, 64), Plain(Kilobyte, 512)],
            []),
        new("SQPOLL",
            "Is a kernel thread that polls the queue (SQPOLL) worth a core?",
            "The thread takes operations without a system call of the proxy. Its processor time counts here: it is a thread of the proxy's "
            + "process. It may run on any processor, and so beside the client.",
            [Variant.Default, new("SQPOLL", "--sqpoll")],
            [Plain(Kilobyte, 64), Plain(Kilobyte, 1), Plain(Large, 8), Tls(Kilobyte, 64)],
            [new(Plain(Kilobyte, 8), 2000), new(Plain(Kilobyte, 64), 6000)]),
        new("Multishot",
            "Are multishot accept and receive worth it?",
            "One multishot operation completes for connection after connection, or segment after segment. Single-shot operations are "
            + "submitted again each time.",
            [Variant.Default, new("single shot", "--tune", "multishot=0")],
            [
                Plain(Kilobyte, 64) with { Work = Work.NewConnection }, Plain(Kilobyte, 64),
                Plain(Kilobyte, 8) with { Work = Work.NewConnection }, Plain(Kilobyte, 1), Tls(Kilobyte, 64),
            ],
            []),
        new("Registered buffers",
            "Do registered buffers make sends cheaper?",
            "The kernel keeps registered memory pinned. Sends copy out of it still.",
            [Variant.Default, new("registered", "--tune", "fixed-buffers=1")],
            [Plain(Large, 8), Plain(Kilobyte, 64), Plain(Medium, 64), Plain(Large, 64)],
            []),
        new("SEND_ZC",
            "Does SEND_ZC save the copy?",
            "The kernel sends from the proxy's pages, and tells by a second completion when it needs them no more. On loopback it copies "
            + "all the same, when the receiver's side takes the pages.",
            [Variant.Default, new("SEND_ZC", "--tune", "send-zc=1")],
            [Plain(Large, 8), Plain(Medium, 64), Plain(Large, 64)],
            [new(Plain(Large, 8), 200), new(Plain(Medium, 8), 1000)]),
        new("epoll",
            "When does io_uring win over epoll?",
            "io_uring saves system calls where several connections are ready in one turn of the event loop. The work of TCP is the same.",
            [Variant.Default, new("epoll", "--transport", "epoll")],
            [
                Plain(Kilobyte, 64), Plain(Large, 8), Tls(Kilobyte, 64), Plain(Kilobyte, 1), Plain(Kilobyte, 8), Plain(Kilobyte, 512),
                Plain(Medium, 64), Tls(Large, 8),
            ],
            [new(Plain(Kilobyte, 64), 6000)]),
    ];

    private static Cell Plain(Payload item, int connections) => new(Transport.Plaintext, item, connections);

    private static Cell Tls(Payload item, int connections) => new(Transport.Tls, item, connections);
}
