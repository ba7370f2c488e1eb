using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Ring;

/// <summary>Why a ring couldn't be set up, in plain words.</summary>
internal static class RingFailure
{
    private const string DisabledSysctl = "/proc/sys/kernel/io_uring_disabled";

    public static BackendFailure Of(Errno error, string step) =>
        new(error, step, Explain(error, step, File.Exists(DisabledSysctl) ? File.ReadAllText(DisabledSysctl).Trim() : null));

    /// <summary>Whether the ring goes on after what io_uring_enter answered. EBUSY: completions must be reaped before more are taken.
    /// EAGAIN: no memory at the moment. ETIME: the wait is over. A later call may succeed after each of them.</summary>
    internal static bool IsTransient(Errno error) => error is Errno.EINTR or Errno.ETIME or Errno.EBUSY or Errno.EAGAIN;

    /// <param name="disabled">The value of the sysctl, or null where the kernel has none (before Linux 6.6).</param>
    internal static string Explain(Errno error, string step, string? disabled) => error switch
    {
        Errno.EPERM when disabled == "1" =>
            $"The sysctl kernel.io_uring_disabled is 1; set it to 0 ({DisabledSysctl}), or name a group of the proxy in "
            + "kernel.io_uring_group, to allow io_uring.",
        Errno.EPERM when disabled is not (null or "0") =>
            $"The sysctl kernel.io_uring_disabled is {disabled}; set it to 0 ({DisabledSysctl}) to allow io_uring.",
        Errno.EPERM => "A seccomp filter forbids io_uring, as containers' default profiles do; allow io_uring_setup, io_uring_enter and "
            + "io_uring_register in the profile (packaging/seccomp-io_uring.json does).",
        Errno.ENOSYS => "The kernel has no io_uring, or a seccomp filter hides it; Linux 5.19 or later is needed, and in containers a "
            + "profile that allows the calls (packaging/seccomp-io_uring.json does).",
        Errno.EINVAL => $"The kernel is too old for {step}; Linux 5.19 or later is needed.",
        Errno.ENOMEM => "There is not enough lockable memory for the ring; raise the limit (ulimit -l) or start fewer workers.",
        Errno.EMFILE or Errno.ENFILE => "There are no file descriptors left for the ring; raise the limit (ulimit -n).",
        _ => $"{step} answered {error}.",
    };
}
