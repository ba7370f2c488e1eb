using TlsProxy.Uring.Epoll;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Uring.Backends;

/// <summary>The one kind of back end that all loops of a process use, and why. It is chosen once, so that a shortage later is a failure and
/// no change of kind.</summary>
public sealed class BackendChoice
{
    private readonly BackendRequest _request;

    private BackendChoice(BackendRequest request, BackendKind kind, string features, string reason)
    {
        _request = request;
        Kind = kind;
        Features = features;
        Reason = reason;
    }

    public BackendKind Kind { get; }

    /// <summary>The kernel's name of the kind.</summary>
    public string Name => NameOf(Kind);

    /// <summary>The features in use, in the kernel's words.</summary>
    public string Features { get; }

    /// <summary>Why this kind: a sentence for a person, with what to do where another would have been better.</summary>
    public string Reason { get; }

    /// <summary>Settings that were made and mean nothing for this kind.</summary>
    public IReadOnlyList<string> UnusedSettings => Kind == BackendKind.IoUring ? [] : _request.RingSettings;

    /// <summary>Decides by setting a back end up on the calling thread and dropping it again.</summary>
    /// <param name="failure">Why there is none, when the result is null.</param>
    public static BackendChoice? Make(BackendRequest request, out BackendFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Kind == BackendKind.Epoll)
            return request.RingSettings.Count == 0
                ? MakeEpoll(request, "It was asked for.", out failure)
                : Refuse(request.RingSettings, out failure);
        using var ring = RingBackend.TryCreate(request.Ring, out failure);
        if (ring is not null)
            return new BackendChoice(
                request, BackendKind.IoUring, ring.Description, request.Kind is null ? "The kernel allows it." : "It was asked for.");
        return request.Kind is null && failure!.IsRefusal
            ? MakeEpoll(request, $"io_uring can't be used. {failure.Reason}", out failure)
            : null;
    }

    /// <summary>The name of a kind, as the kernel's manual writes it.</summary>
    public static string NameOf(BackendKind kind) => kind switch
    {
        BackendKind.IoUring => "io_uring",
        BackendKind.Epoll => "epoll",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Sets a back end of this kind up for the calling thread.</summary>
    /// <param name="failure">Why there is none, when the result is null.</param>
    public ILoopBackend? TryCreate(out BackendFailure? failure) => Kind switch
    {
        BackendKind.IoUring => RingBackend.TryCreate(_request.Ring, out failure),
        _ => EpollBackend.TryCreate(_request.Epoll, out failure),
    };

    private static BackendChoice? Refuse(IReadOnlyList<string> settings, out BackendFailure? failure)
    {
        failure = new BackendFailure(
            Errno.EINVAL, "the settings",
            $"epoll has no {string.Join(", ", settings)}: only io_uring does; leave it out, or choose io_uring.");
        return null;
    }

    private static BackendChoice? MakeEpoll(BackendRequest request, string reason, out BackendFailure? failure)
    {
        using var epoll = EpollBackend.TryCreate(request.Epoll, out failure);
        return epoll is null ? null : new BackendChoice(request, BackendKind.Epoll, epoll.Description, reason);
    }
}
