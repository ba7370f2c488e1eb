using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>A receive into memory of its own, for a record that a plain receive doesn't give: the rest of one cut at the hand-over,
/// or a control record of the kernel's.</summary>
internal sealed class ExactReceive(ChannelContext context, SegmentStock segments)
{
    private Segment? _memory;

    /// <summary>Receives a record of any type, which the kernel has opened.</summary>
    /// <returns>False when there is no memory.</returns>
    public bool TryReceiveRecord()
    {
        if (!TryRent())
            return false;
        context.Loop.ReceiveMessage(context.Receive, context.Life.Descriptor, _memory!.Memory);
        return true;
    }

    /// <summary>Receives ciphertext, no more than so many bytes.</summary>
    /// <returns>False when there is no memory.</returns>
    public bool TryReceiveBytes(int length)
    {
        if (!TryRent())
            return false;
        context.Loop.ReceiveInto(context.Receive, context.Life.Descriptor, _memory!.Memory.Slice(0, length));
        return true;
    }

    /// <summary>What was received, until <see cref="Release"/>.</summary>
    public ReadOnlySpan<byte> Received(in OperationResult result) => result.Succeeded ? _memory!.Memory.Span[..result.Count] : default;

    /// <summary>Whether the record that was received is close_notify.</summary>
    public bool IsCloseNotify(in OperationResult result) =>
        result.RecordType == (byte)ContentType.Alert && _memory!.Memory.Span[1] == (byte)TlsAlert.CloseNotify;

    /// <summary>Gives the memory back, once nothing is received into it.</summary>
    public void Release()
    {
        if (_memory is not null)
            segments.Return(_memory);
        _memory = null;
    }

    private bool TryRent()
    {
        _memory ??= segments.TryRent(RecordFormat.RecordMaximum);
        return _memory is not null;
    }
}
