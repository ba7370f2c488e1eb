namespace TlsProxy.Uring.Ring;

/// <summary>Why a ring couldn't be set up.</summary>
/// <param name="Error">What the kernel answered.</param>
/// <param name="Step">The call that failed.</param>
/// <param name="Reason">One sentence for a person: the cause and what to do.</param>
public sealed record RingFailure(Errno Error, string Step, string Reason)
{
    private const string DisabledSysctl = "/proc/sys/kernel/io_uring_disabled";

    internal static RingFailure Of(Errno error, string step) => new(error, step, Explain(error, step));

    private static string Explain(Errno error, string step) => error switch
    {
        Errno.EPERM when DisabledValue() is { } value and not "0" =>
            $"The sysctl kernel.io_uring_disabled is {value}; set it to 0 ({DisabledSysctl}) to allow io_uring.",
        Errno.EPERM => "A seccomp filter forbids io_uring, as containers' default profiles do; allow io_uring_setup, io_uring_enter and "
            + "io_uring_register in the profile.",
        Errno.ENOSYS => "The kernel has no io_uring; Linux 5.19 or later is needed.",
        Errno.EINVAL => $"The kernel is too old for {step}; Linux 5.19 or later is needed.",
        Errno.ENOMEM => "There is not enough lockable memory for the ring; raise the limit (ulimit -l) or start fewer workers.",
        Errno.EMFILE or Errno.ENFILE => "There are no file descriptors left for the ring; raise the limit (ulimit -n).",
        _ => $"{step} answered {error}.",
    };

    private static string? DisabledValue() => File.Exists(DisabledSysctl) ? File.ReadAllText(DisabledSysctl).Trim() : null;
}
