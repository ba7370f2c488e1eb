using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Uring.Tests.Backends;

public sealed class BackendChoiceTests
{
    [Theory]
    [InlineData(BackendKind.IoUring, "io_uring")]
    [InlineData(BackendKind.Epoll, "epoll")]
    public void A_kind_that_was_asked_for_is_taken_or_fails_but_is_never_replaced(BackendKind kind, string name)
    {
        var choice = BackendChoice.Make(new BackendRequest { Kind = kind }, out var failure);

        Assert.SkipWhen(choice is null && failure!.IsRefusal, $"SKIPPED: {failure?.Reason}");
        Assert.NotNull(choice);
        Assert.Equal((kind, name), (choice.Kind, choice.Name));
        using var backend = choice.TryCreate(out failure);
        Assert.Null(failure);
        Assert.NotNull(backend);
    }

    [Fact]
    public void Without_a_wish_the_ring_is_taken_where_there_is_one()
    {
        var ring = BackendChoice.Make(new BackendRequest { Kind = BackendKind.IoUring }, out var failure);
        var choice = BackendChoice.Make(new BackendRequest(), out _);

        Assert.NotNull(choice);
        Assert.Equal(ring is null ? BackendKind.Epoll : BackendKind.IoUring, choice.Kind);
        Assert.Contains(failure?.Reason ?? "allows", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_the_ring_with_epoll_are_refused()
    {
        var request = new BackendRequest { Kind = BackendKind.Epoll, RingSettings = ["--sqpoll"] };
        Assert.Null(BackendChoice.Make(request, out var failure));
        Assert.Contains("--sqpoll", failure!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.EPERM, true)]
    [InlineData(Errno.ENOSYS, true)]
    [InlineData(Errno.EINVAL, true)]
    [InlineData(Errno.ENOMEM, false)]
    [InlineData(Errno.EMFILE, false)]
    [InlineData(Errno.ENFILE, false)]
    public void A_shortage_is_no_refusal(Errno error, bool isRefusal) =>
        Assert.Equal(isRefusal, new BackendFailure(error, "io_uring_setup", string.Empty).IsRefusal);

    [Theory]
    [InlineData(null, "seccomp", "kernel.io_uring_disabled")]
    [InlineData("0", "seccomp", "kernel.io_uring_disabled")]
    [InlineData("1", "kernel.io_uring_group", "seccomp")]
    [InlineData("2", "/proc/sys/kernel/io_uring_disabled", "seccomp")]
    public void A_filter_and_the_sysctl_are_told_apart(string? disabled, string named, string notNamed)
    {
        var reason = RingFailure.Explain(Errno.EPERM, "io_uring_setup", disabled);
        Assert.Contains(named, reason, StringComparison.Ordinal);
        Assert.DoesNotContain(notNamed, reason, StringComparison.Ordinal);
    }
}
