using TlsProxy.Ktls.Kernel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Channel;

/// <summary>Hands the keys of a connection to the kernel, a direction at a time, and knows why a direction stays in user space.</summary>
internal sealed class HandOver(ChannelContext context, ChannelSender sender)
{
    private HandOverLife _life = new();

    public KtlsVerdict Verdict => new(Mode, _life.Reason, _life.Refusal);

    /// <summary>Whether the sending direction stays in user space for a reason for which <see cref="ChannelOptions.RequireKtls"/> ends the
    /// connection.</summary>
    public bool IsFailure =>
        context.Options.RequireKtls && _life.Reason is not (KtlsReason.PeerEnded or KtlsReason.FragmentLength);

    /// <summary>The kernel's answer to the sending keys.</summary>
    public Errno Refusal => _life.Refusal;

    /// <summary>Whether the receiving keys are to be handed over too, once no record is cut.</summary>
    public bool WantsReceive => context.Options.Mode == KtlsMode.Both && sender.KernelTransmits && !context.Life.PeerEnded;

    private KtlsMode Mode =>
        !sender.KernelTransmits ? KtlsMode.Off : context.Life.KernelReceives ? KtlsMode.Both : KtlsMode.Transmit;

    /// <summary>Hands over the sending keys.</summary>
    /// <returns>False where records are to be made in user space.</returns>
    public bool TryTransmit()
    {
        var keys = context.Life.Keys!;
        _life.Reason = context.Options.ReasonAgainst(keys);
        if (_life.Reason == KtlsReason.None)
        {
            var sockets = context.Loop.Sockets;
            _life.Refusal = KtlsSocket.Attach(sockets, context.Life.Descriptor);
            if (_life.Refusal == Errno.None)
                _life.Refusal = KtlsSocket.SetTransmit(sockets, context.Life.Descriptor, keys);
            if (_life.Refusal == Errno.None)
            {
                context.Counters.CountTransmit();
                sender.StartKernel(keys.Transmit.Sequence);
                // The kernel has its own copy.
                keys.Transmit.Dispose();
                return true;
            }

            // A socket that isn't established is refused so (net/tls of the kernel): that is the peer's doing, who may wait for an answer
            // still.
            _life.Reason = _life.Refusal == Errno.ENOTCONN ? KtlsReason.PeerEnded : KtlsReason.Refused;
            if (_life.Reason == KtlsReason.Refused)
                CountRefusal(_life.Refusal);
        }

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

    public void EndLife() => _life = new();

    private void CountRefusal(Errno error)
    {
        if (context.Counters.CountRefusal(error))
            context.Options.OnFirstRefusal?.Invoke(error);
    }
}
