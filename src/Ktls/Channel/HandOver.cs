using TlsProxy.Ktls.Kernel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Channel;

/// <summary>Hands the keys of a connection to the kernel, a direction at a time, when <see cref="OffloadPolicy"/> says so: right
/// after the handshake, or in front of a response. Knows why a direction stays in user space.</summary>
internal sealed class HandOver(ChannelContext context, ChannelSender sender)
{
    private HandOverLife _life = new();

    public KtlsVerdict Verdict => new(Mode, _life.Reason, _life.Refusal);

    /// <summary>Whether the sending direction stays in user space for a reason that ends the connection.</summary>
    public bool IsFailure => context.Options.Offload.Closes(_life.Reason);

    /// <summary>Whether the sending keys are to be handed over in front of what is sent next.</summary>
    public bool IsDue => _life.IsDue;

    /// <summary>The kernel's answer to the sending keys.</summary>
    public Errno Refusal => _life.Refusal;

    /// <summary>Whether the receiving keys are to be handed over too, once no record is cut.</summary>
    public bool WantsReceive => context.Options.Offload.TakesReceive && sender.KernelTransmits && !context.Life.PeerEnded;

    private KtlsMode Mode =>
        !sender.KernelTransmits ? KtlsMode.Off : context.Life.KernelReceives ? KtlsMode.Both : KtlsMode.Transmit;

    /// <summary>Hands over the sending keys right after the handshake, unless the policy is against it or puts it off.</summary>
    /// <returns>False where records are to be made in user space.</returns>
    public bool TryBegin()
    {
        var policy = context.Options.Offload;
        if (policy.TakesAtHandshakeEnd(context.Life.Keys!))
            return TryTransmit();
        _life.Reason = policy.ReasonAgainst(context.Life.Keys!);
        _life.IsDeferred = _life.Reason == KtlsReason.None;
        if (!_life.IsDeferred)
            context.Counters.CountUserSpace(_life.Reason);
        return false;
    }

    /// <summary>A response begins. Where the decision was put off, the policy is asked again.</summary>
    /// <param name="bytes">Of its content; null where they aren't known.</param>
    public void OnResponse(long? bytes)
    {
        // Near their limit keys have to change, which those in the kernel never do.
        if (_life.IsDeferred)
            _life.IsDue = context.Options.Offload.TakesAtResponse(bytes) && !AreKeysNearLimit();
    }

    /// <summary>Hands over the sending keys. Nothing may be in flight or owed.</summary>
    /// <returns>False where records are to be made in user space.</returns>
    public bool TryTransmit()
    {
        _life.IsDeferred = _life.IsDue = false;
        var keys = context.Life.Keys!;
        var sockets = context.Loop.Sockets;
        _life.Refusal = KtlsSocket.Attach(sockets, context.Life.Descriptor);
        if (_life.Refusal == Errno.None)
            _life.Refusal = KtlsSocket.SetTransmit(sockets, context.Life.Descriptor, keys);
        if (_life.Refusal == Errno.None)
        {
            _life.Reason = KtlsReason.None;
            context.Counters.CountTransmit();
            sender.StartKernel(keys.Transmit.Sequence);
            // The kernel has its own copy.
            keys.Transmit.Dispose();
            return true;
        }

        _life.Reason = OffloadPolicy.AtRefusal(_life.Refusal);
        if (_life.Reason == KtlsReason.Refused)
            CountRefusal(_life.Refusal);
        context.Counters.CountUserSpace(_life.Reason);
        return false;
    }

    /// <summary>Hands over the receiving keys. No record may be cut.</summary>
    /// <returns>False where records are still opened in user space.</returns>
    public bool TryReceive()
    {
        var error = KtlsSocket.SetReceive(context.Loop.Sockets, context.Life.Descriptor, context.Life.Keys!);
        context.Life.KernelReceives = error == Errno.None;
        if (context.Life.KernelReceives)
        {
            context.Counters.CountReceive();
            return true;
        }

        context.Counters.CountPartial();
        CountRefusal(error);
        return false;
    }

    public void EndLife()
    {
        if (_life.IsDeferred)
            context.Counters.CountUserSpace(KtlsReason.None);
        _life = new();
    }

    private bool AreKeysNearLimit()
    {
        var (limit, keys) = (context.Life.KeyLimit, context.Life.Keys!);
        return limit.IsNear(keys.Transmit.Sequence) || limit.IsNear(keys.Receive.Sequence);
    }

    private void CountRefusal(Errno error)
    {
        if (context.Counters.CountRefusal(error))
            context.Options.OnFirstRefusal?.Invoke(error);
    }
}
