using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Epoll;

/// <summary>Why an epoll back end couldn't be set up, in plain words.</summary>
internal static class EpollFailure
{
    public static BackendFailure Of(Errno error, string step) => new(error, step, error switch
    {
        Errno.EMFILE or Errno.ENFILE => "There are no file descriptors left for the loop; raise the limit (ulimit -n).",
        Errno.ENOMEM => "There is no memory for the loop; start fewer workers or give more memory.",
        _ => $"{step} answered {error}.",
    });
}
